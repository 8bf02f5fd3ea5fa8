# 顺丰直连，及时给号：扫完就打正式面单。 (SF answers in time.)
carrier answers SF1000000000011
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> fact waybill_requested
> fact waybill_issued
scan SF1000000000011
> ok 完成，顺丰
