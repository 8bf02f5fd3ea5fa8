# 打包以后改了又取消：放回的是箱里的，不是订单上的。 (Changed after packing, then cancelled: what is in the box goes back.)
order 1001 红茶*3@A-01 = SF1000000000011
order 1002 红茶*1@A-01 = SF1000000000022
scan SF1000000000011
> ask 请扫商品，还差 3 件
scan ×3
> ok 下一件 × 3
scan 红茶
> ok 完成，顺丰
> fact parcel_packed
scan SF1000000000022
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
> fact parcel_packed
revise 1001 红茶*2@A-01 红茶*1-@A-01
cancel 1001
revise 1002 红茶*3@A-01 绿茶*1@B-01
cancel 1002
scan SF1000000000011
> stop 已取消，放回 A-01：红茶 × 3；放好扫货位
> print putback-76x130 1001
scan bin A-01
> ok 已放回
> fact goods_put_back
scan SF1000000000022
> stop 已取消，放回 A-01：红茶 × 1；放好扫货位
> print putback-76x130 1002
scan bin A-01
> ok 已放回
> fact goods_put_back
