# 一单一件：打单时断电，起来后手上还是这一单，问面单出来没有。 (Power cut while the label prints.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
singles W1 1001 1002
printer silent
scan 红茶
> print sf-76x130 SF1000000000011
restart
> screen stop 面单出来了就扫它，没出来扫“补打”
scan SF1000000000011
> ok 完成，顺丰
printer accepts
scan 红茶
> print sf-76x130 SF1000000000022
> ask 贴好面单，扫一下：尾号 0022
