# 扫到别的单的面单：验货时停，扫回面单时也停，两单都不动。 (Another parcel's label, mid-check and at scan-back.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
scan 1001
> ask 请扫商品，还差 1 件
scan SF1000000000022
> stop 这是别的单的面单
> no fact parcel_opened
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000022
> stop 这是别的单的面单
> no fact parcel_packed
scan SF1000000000011
> ok 完成，顺丰
