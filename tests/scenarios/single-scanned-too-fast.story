# 一单一件：面单还没扫回，又扫一件：多了，先把面单贴好扫一下。 (The next piece before the label is on.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
singles W1 1001 1002
scan 红茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan 红茶
> stop 多了，拿出来：红茶
> no print
scan SF1000000000011
> ok 完成，顺丰
