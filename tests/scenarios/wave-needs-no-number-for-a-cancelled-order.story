# 等号的时候，缺号的那单取消了：不用再等，打其余的。 (Nobody waits for a cancelled order's number.)
place print-desk
carrier silent
order 1002 红茶*1 = SF1000000000022
order 1001 红茶*1
wave W1 1002 1001
scan picklist W1
> ask 2 单还差 1 个单号：到齐就打；不等，再扫一次波次码，缺的先打备用号或临时面单
cancel 1001
> print divider-76x130 W1
> print sf-76x130 SF1000000000022
> ok 打印完成，共 1 张
