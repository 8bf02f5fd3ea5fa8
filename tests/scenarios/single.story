# 一单一件：扫商品，自动领一单、自动打单，扫面单才算打包。 (Item first: goods choose their parcel.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
singles W1 1001 1002
scan 红茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
> fact parcel_opened
> no fact parcel_packed
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
scan 红茶
> print sf-76x130 SF1000000000022
> ask 贴好面单，扫一下：尾号 0022
scan SF1000000000022
> ok 完成，顺丰
scan 红茶
> stop 红茶 没有要做的单：放回去，或先扫面单、订单
> no print
