# 两个台共用一台打印机：面单混着出来，拿错了扫回时拦下，各拿各的。 (Two places, one printer: a label taken by the wrong one is stopped.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
bench-2 scans badge 韩梅梅
> ok 韩梅梅，上岗
scan 1001
> ask 请扫商品，还差 1 件
bench-2 scans 1002
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
bench-2 scans 红茶
> print sf-76x130 SF1000000000022
scan SF1000000000022
> stop 这是别的单的面单
> no fact parcel_packed
bench-2 scans SF1000000000011
> stop 这是别的单的面单
> no fact parcel_packed
scan SF1000000000011
> ok 完成，顺丰
bench-2 scans SF1000000000022
> ok 完成，顺丰
