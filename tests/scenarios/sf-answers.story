# 顺丰直连：一扫订单就去取号，扫完商品号已经到了，马上打正式面单。 (The number is asked for at the first scan, and there by the last.)
carrier answers SF1000000000011
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
> fact waybill_requested
> fact waybill_issued
scan 红茶
> print sf-76x130 SF1000000000011
> no fact waybill_requested
scan SF1000000000011
> ok 完成，顺丰
