# 播种墙：放错手了，扫“撤销”拿回上一件；只能撤一件。 (Undo takes the last piece back, once.)
place wall
order 1001 红茶*2 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 请扫商品，放到说的格里
scan 红茶
> ok 1 号格：红茶
scan 红茶
> ok 1 号格：红茶，这格齐了
scan UNDO
> ok 从 1 号格拿回：红茶
scan UNDO
> warn 没有可撤销的
scan 红茶
> ok 1 号格：红茶，这格齐了
scan 红茶
> ok 2 号格：红茶，这格齐了
