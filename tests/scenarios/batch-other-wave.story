# 同款批量：别的波次的面单，停；已打包的，停。 (A label of another wave; one that is packed.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
wave W1 1001 1002
wave W2 1003
scan picklist W1
> ask 同款批量 2 单：先扫一张面单，整单验一次
scan SF1000000000033
> stop 这张面单不是这一波的
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan picklist W1
> stop 先做完手上这一单
scan 红茶
> ok 完成，顺丰
scan SF1000000000011
> stop 这单已打包
scan picklist W9
> stop 没有这张拣货单
