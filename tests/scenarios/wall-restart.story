# 播种墙：总部断开、断电重起，分到哪里都记得。 (The hub away, a power cut: nothing is forgotten.)
place wall
order 1001 红茶*2 = SF1000000000011
order 1002 绿茶*1 = SF1000000000022
wave W1 1001 1002
hub away
scan picklist W1
> ask 请扫商品，放到说的格里
scan 红茶
> ok 1 号格：红茶
restart
> screen ask 请扫商品，放到说的格里
scan 绿茶
> ok 2 号格：绿茶，这格齐了
scan 红茶
> ok 1 号格：红茶，这格齐了
