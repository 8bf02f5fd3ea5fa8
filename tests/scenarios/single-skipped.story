# 一单一件：跳过的单排到最后，不会马上又领到。 (A skipped parcel comes last.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
singles W1 1001 1002 1003
scan 红茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan SKIP
> ask 为什么跳过？扫原因
scan why damaged
> ok 已转异常：放到问题架
scan 红茶
> print sf-76x130 SF1000000000022
> ask 贴好面单，扫一下：尾号 0022
