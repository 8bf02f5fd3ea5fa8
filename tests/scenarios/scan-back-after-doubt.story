# 打印机确认打出来了就不用扫回；只说“收到”的，要扫。 (scan_back after_doubt.)
setting scan_back after_doubt
printer confirms
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> ok 完成，顺丰
printer accepts
scan 1002
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000022
> ask 贴好面单，扫一下：尾号 0022
> no fact parcel_packed
scan SF1000000000022
> ok 完成，顺丰
