# 一波里有一张没取到号：等到超时，这张打临时面单，后面照常。 (A position without a number.)
place print-desk
carrier silent
order 1002 红茶*1 = SF1000000000022
order 1001 红茶*1
order 1003 红茶*1 = SF1000000000033
wave W1 1002 1001 1003
scan picklist W1
> print sf-76x130 SF1000000000022
> ask 正在打印 1/3
wait
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
> print sf-76x130 SF1000000000033
> ok 打印完成，共 3 张
