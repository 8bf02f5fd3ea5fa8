# 一单一件：最后一个人下岗，没动过的单还给总部，别的站可做；再上岗重新领。 (Nobody works here: untouched parcels go back.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
singles W1 1001 1002 1003
scan 红茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
scan OUT
> ok 下岗，本班 1 单
> fact loan_returned
scan badge 李雷
> ok 李雷，上岗
