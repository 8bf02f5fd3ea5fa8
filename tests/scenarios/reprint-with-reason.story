# 面单贴坏了：扫“补打”，说原因，打出带“补打”标记的一张，扫回就行；不重复打包。 (Reprint after print needs a reason.)
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
scan REPRINT
> ask 为什么补打？扫原因
> no print
> screen ask 为什么补打？扫原因
scan why torn
> print sf-76x130-reprint SF1000000000011
> fact label_discarded
scan SF1000000000011
> ok 补打完成
> no fact parcel_packed
