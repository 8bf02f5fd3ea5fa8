# 手快：打印机还没回话，面单已经贴好扫了，算完成。 (The label is scanned before the printer's answer.)
printer silent
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> ask 正在打印面单
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
