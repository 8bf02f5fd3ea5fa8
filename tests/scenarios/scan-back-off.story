# 这个台不要求扫回面单：打出来就算打包；打印机说不清时，还是要扫。 (scan_back off, but never after doubt.)
setting scan_back off
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
printer doubts
scan 1002
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000022
> stop 面单出来了就扫它，没出来扫“补打”
> no fact parcel_packed
scan SF1000000000022
> ok 完成，顺丰
