# 一单一件：组长收回预留，没动过的单别的站可做；再扫商品重新领。 (A lead recalls what was lent.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
order 1004 红茶*1 = SF1000000000044
singles W1 1001 1002 1003 1004
scan 红茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
recall W1
SZ-02 packs 1002
scan 红茶
> print sf-76x130 SF1000000000033
> ask 贴好面单，扫一下：尾号 0033
