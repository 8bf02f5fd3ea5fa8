# 一单一件：别的站抢先把这一单打了包，下一件就领下一单，绝不打第二张。 (Another bench was faster with the order.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
singles W1 1001 1002 1003
scan 红茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
SZ-02 packs 1002
scan 红茶
> print sf-76x130 SF1000000000033
> ask 贴好面单，扫一下：尾号 0033
scan 1002
> stop 先把手上这一单的面单贴好、扫一下
