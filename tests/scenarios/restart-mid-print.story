# 正在打印时停电：重启后不猜，问人；没出来扫“补打”。 (Power cut while the label prints.)
printer silent
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
restart
> screen stop 面单出来了就扫它，没出来扫“补打”
printer accepts
scan REPRINT
> print sf-76x130-reprint SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
