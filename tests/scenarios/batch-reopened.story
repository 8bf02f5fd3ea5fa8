# 同款批量里打开重装的，只算一单。 (In a batch, one that is opened and packed again counts once.)
order 1001 红茶*1 绿茶*1 = SF1000000000011
order 1002 红茶*1 绿茶*1 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 同款批量 2 单：先扫一张面单，整单验一次
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> ok 完成，顺丰
> fact parcel_packed
scan SF1000000000022
> ok 完成，顺丰
> fact parcel_packed
revise 1002 红茶*1 绿茶*1-
scan SF1000000000022
> stop 已退款，拿出：绿茶 × 1；拿出来后扫“确认”
> fact parcel_reopened
scan OK
> ask 贴好面单，扫一下：尾号 0022
scan SF1000000000022
> ok 完成，顺丰
> fact parcel_packed
scan picklist W1
> ok 同款批量结束，2 单
