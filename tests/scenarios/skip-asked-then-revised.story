# 正在问为什么跳过，订单改了：问题还在，转异常照转。 (A change doesn't take the place of the question why it is put aside.)
order 1001 红茶*2 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan SKIP
> ask 为什么跳过？扫原因
revise 1001 红茶*1 红茶*1-
scan why damaged
> ok 已转异常：放到问题架
> fact parcel_set_aside
