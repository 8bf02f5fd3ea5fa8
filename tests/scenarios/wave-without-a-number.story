# 号没到齐，组长再扫一次波次码不等了：等到超时，缺的那张打临时面单，其余照常。 (The lead doesn't wait for a wave's last number.)
place print-desk
carrier silent
order 1002 红茶*1 = SF1000000000022
order 1001 红茶*1
order 1003 红茶*1 = SF1000000000033
wave W1 1002 1001 1003
scan picklist W1
> ask 3 单还差 1 个单号：到齐就打；不等，再扫一次波次码，缺的先打备用号或临时面单
> no print
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000022
> ask 正在打印 1/3
wait
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
> print sf-76x130 SF1000000000033
> ok 打印完成，共 3 张
