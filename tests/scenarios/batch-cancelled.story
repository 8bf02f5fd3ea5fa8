# 同款批量：退款的单，扫面单时拦下；作废的面单，撕掉。 (Cancelled, and a void label, within a batch.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1- 绿茶*1 = SF1000000000033
wave W1 1001 1002 1003
cancel 1002
scan picklist W1
> ask 同款批量 3 单：先扫一张面单，整单验一次
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
scan SF1000000000022
> stop 已取消，不要发：放到退回架
> no fact parcel_packed
scan SF1000000000033
> ask 请扫商品，还差 1 件
