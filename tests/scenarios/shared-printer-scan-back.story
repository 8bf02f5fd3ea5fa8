# 共用打印机的台，设置了不扫回也要扫：不扫不知道拿的是谁的面单。 (A shared printer's labels are scanned back, whatever the setting says.)
setting scan_back off
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
bench-2 scans badge 韩梅梅
> ok 韩梅梅，上岗
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> no fact parcel_packed
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
bench-2 scans 1002
> ask 请扫商品，还差 1 件
bench-2 scans 红茶
> print sf-76x130 SF1000000000022
> no fact parcel_packed
bench-2 scans SF1000000000022
> ok 完成，顺丰
