# 整单都是免扫商品：扫订单就打单。 (Nothing to scan at all: the label comes at once.)
order 1001 说明书*1 = SF1000000000011
scan 1001
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
