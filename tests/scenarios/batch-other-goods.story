# 同款批量：混进一单不同的，整单验，不会只扫面单就过。 (Other goods in the batch: checked in full.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 绿茶*1 = SF1000000000022
order 1003 红茶*2 = SF1000000000033
wave W1 1001 1002 1003
scan picklist W1
> ask 同款批量 3 单：先扫一张面单，整单验一次
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
scan SF1000000000022
> ask 请扫商品，还差 2 件
> no fact parcel_packed
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> ok 完成，顺丰
scan 红茶
> stop 先扫面单或订单，再扫商品
scan SF1000000000033
> ask 请扫商品，还差 2 件
