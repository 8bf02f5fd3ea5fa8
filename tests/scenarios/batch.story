# 同款批量：扫拣货单，第一单整单验，其余每单扫一次面单。 (A batch: one parcel in full, then one scan each.)
order 1001 红茶*2 = SF1000000000011
order 1002 红茶*2 = SF1000000000022
order 1003 红茶*2 = SF1000000000033
wave W1 1001 1002 1003
scan picklist W1
> ask 同款批量 3 单：先扫一张面单，整单验一次
> fact batch_started
scan SF1000000000022
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> ok 完成，顺丰
> screen ask 同款批量 1/3：扫下一张面单
scan SF1000000000011
> ok 完成，顺丰
> fact check_completed
> fact parcel_packed
scan SF1000000000033
> ok 完成，顺丰
> screen ask 同款批量 3/3：扫下一张面单
scan picklist W1
> ok 同款批量结束，3 单
> fact batch_ended
> screen ask 请扫面单或订单
