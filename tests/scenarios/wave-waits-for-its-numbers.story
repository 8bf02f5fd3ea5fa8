# 先打单的一波：单号到齐才打，最后一个号一到自己开打。 (A wave is printed when its last number is there, by itself.)
place print-desk
carrier silent
order 1002 红茶*1 = SF1000000000022
order 1001 红茶*1
order 1003 红茶*1 = SF1000000000033
wave W1 1002 1001 1003
scan picklist W1
> ask 3 单还差 1 个单号：到齐就打；不等，再扫一次波次码，缺的先打备用号或临时面单
> no print
scan picklist W2
> stop 没有这张拣货单
carrier calls back 1001 SF1000000000011
> print divider-76x130 W1
> print sf-76x130 SF1000000000022
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000033
> ok 打印完成，共 3 张
