# 播种墙：这一波不要的、多拣的，停，放一边；整箱的码，要有一格还差这么多。 (Surplus, and a carton.)
place wall
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*6 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 请扫商品，放到说的格里
scan 绿茶
> stop 这一波不要：绿茶，放一边
> no fact item_sorted
scan 红茶箱
> ok 1 号格：红茶，这格齐了
scan 红茶箱
> stop 这一波不要：红茶，放一边
scan 红茶
> ok 2 号格：红茶，这格齐了
scan 红茶
> stop 这一波不要：红茶，放一边
scan 1001
> stop 不认识这个码：1001
scan picklist W9
> stop 这张面单不是这一波的
