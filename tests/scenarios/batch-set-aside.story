# 同款批量里转过异常的，要整单验。 (In a batch, one that was put aside is checked in full.)
order 1001 红茶*2 = SF1000000000011
order 1002 红茶*2 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 同款批量 2 单：先扫一张面单，整单验一次
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan SKIP
> ask 为什么跳过？扫原因
scan why missing
> ok 已转异常：放到问题架
> fact parcel_set_aside
scan SF1000000000022
> ask 请扫商品，还差 2 件
scan ×2
> ok 下一件 × 2
scan 红茶
> ok 完成，顺丰
> fact parcel_packed
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> ok 完成，顺丰
> fact parcel_packed
scan picklist W1
> ok 同款批量结束，2 单
