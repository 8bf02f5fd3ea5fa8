# 播种墙：取消的单不再分货；已经分了货的，扫格子时拦下。 (Cancelled before and after its goods came.)
place wall
order 1001 红茶*2 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
wave W1 1001 1002 1003
cancel 1002
scan picklist W1
> ask 请扫商品，放到说的格里
scan 红茶
> ok 1 号格：红茶
cancel 1001
scan 红茶
> ok 2 号格：红茶，这格齐了
scan 红茶
> stop 这一波不要：红茶，放一边
place pack
scan slot 1
> stop 已取消，不要发：放到退回架
