# 打包以后退款：装车口停；回到打包台扫面单，面单作废，打放回单，一格一格放回。 (Refunded after packing: its label's scan voids it, a slip says where the goods go, each bin's scan that they are there.)
order 1001 红茶*2@A-01 绿茶*1@B-01
carrier answers SF1000000000011
scan 1001
> ask 请扫商品，还差 3 件
scan ×2
> ok 下一件 × 2
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
cancel 1001
place dock
scan SF1000000000011
> stop 已取消，不要发：放到退回架
place pack
scan SF1000000000011
> stop 已取消，放回 A-01：红茶 × 2；放好扫货位
> print putback-76x130 1001
> fact label_discarded
scan bin B-01
> stop 已取消，放回 A-01：红茶 × 2；放好扫货位
scan SF1000000000011
> stop 已取消，放回 A-01：红茶 × 2；放好扫货位
> print putback-76x130 1001
scan bin A-01
> ok 已放回
> fact goods_put_back
scan SF1000000000011
> stop 已取消，不要发：放到退回架
> no print
