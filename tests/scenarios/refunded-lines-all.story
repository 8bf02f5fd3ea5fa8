# 打包以后一行一行全退了：和取消一样，面单作废，货放回。 (All lines of a packed parcel refunded one by one: it is cancelled.)
order 1001 红茶*2@A-01 绿茶*1@B-01 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 3 件
scan ×2
> ok 下一件 × 2
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> ok 完成，顺丰
revise 1001 红茶*2-@A-01 绿茶*1-@B-01
place dock
scan SF1000000000011
> stop 已取消，不要发：放到退回架
> no fact parcel_shipped
place pack
scan SF1000000000011
> stop 已取消，放回 A-01：红茶 × 2；放好扫货位
> print putback-76x130 1001
scan bin A-01
> stop 已取消，放回 B-01：绿茶 × 1；放好扫货位
scan bin B-01
> ok 已放回
> fact goods_put_back
scan SF1000000000011
> stop 已取消，不要发：放到退回架
