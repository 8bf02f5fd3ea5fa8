# 等号的时候，挂起的那单恢复了，它也还没号：连它一起等齐再打。 (An order that is resumed while its wave waits is waited for as well.)
place print-desk
carrier silent
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1
order 1003 红茶*1
wave W1 1001 1002 1003
hold 1002 等客服
scan picklist W1
> ask 3 单还差 1 个单号：到齐就打；不等，再扫一次波次码，缺的先打备用号或临时面单
resume 1002
> screen ask 3 单还差 2 个单号：到齐就打；不等，再扫一次波次码，缺的先打备用号或临时面单
cancel 1003
> screen ask 3 单还差 1 个单号：到齐就打；不等，再扫一次波次码，缺的先打备用号或临时面单
> no print
scan picklist W2
> stop 没有这张拣货单
carrier calls back 1002 SF1000000000022
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
> ok 打印完成，共 2 张
