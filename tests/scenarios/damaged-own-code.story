# 指令码破损（校验位不对）：停，绝不照做。 (A damaged command is never obeyed.)
order 1001 红茶*2 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan @@C:UNDO0
> stop 条码破损：再扫一次
> no fact item_unchecked
scan 红茶
> ok 完成，顺丰
