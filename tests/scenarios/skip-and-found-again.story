# 缺货跳过：说了原因，去问题架；货找到了，再扫订单从头做。 (Skipped with a reason, then found again.)
order 1001 红茶*1 绿茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan SKIP
> ask 为什么跳过？扫原因
scan why short
> ok 已转异常：放到问题架
> fact parcel_set_aside
> screen ask 请扫面单或订单
scan 1001
> ask 请扫商品，还差 2 件
