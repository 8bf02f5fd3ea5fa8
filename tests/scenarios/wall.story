# 播种墙：扫拣货单开始，扫商品，说放几号格；再扫格子打包、打单。 (Sorting goods into slots, and packing from a slot.)
place wall
order 1001 红茶*1 绿茶*1 = SF1000000000011
order 1002 红茶*2 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 请扫商品，放到说的格里
> fact wall_started
scan 红茶
> ok 1 号格：红茶
> fact tote_lent
scan 红茶
> ok 2 号格：红茶
scan 绿茶
> ok 1 号格：绿茶，这格齐了
scan 红茶
> ok 2 号格：红茶，这格齐了
scan picklist W1
> ok 播种完成，2 单都齐了
> screen ask 请扫拣货单开始播种
place pack
scan slot 2
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000022
> ask 贴好面单，扫一下：尾号 0022
scan SF1000000000022
> ok 完成，顺丰
scan slot 2
> stop 这个箱或格里没有单
