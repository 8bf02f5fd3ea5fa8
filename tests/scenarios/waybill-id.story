# 扫运单编号（DB…）也能找到包裹，但它不证明面单已经贴上：扫完商品照样打单。 (By waybill id: it finds the parcel, it is no proof of a label.)
order 1001 红茶*1 = SF1000000000011
scan DB20260215-SF-001001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
> no fact parcel_packed
scan SF1000000000011
> ok 完成，顺丰
place dock
scan DB20260215-SF-001001
> ok 已出库，第 2 件
