# 面单打出来但没贴就坏了：补打也要原因；扫回新面单才算打包。 (Reprint before the scan-back.)
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
scan REPRINT
> ask 为什么补打？扫原因
scan why torn
> print sf-76x130-reprint SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
