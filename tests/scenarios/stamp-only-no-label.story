# 只记时间：订单号、运单编号、商品都不能证明面单已贴，只认面单。 (Only its label counts.)
setting stamp_only true
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
singles W1 1002
scan 1001
> stop 这里只扫包裹上的面单
scan 红茶
> stop 这里只扫包裹上的面单
> no print
> no fact parcel_packed
scan SF1000000000011
> ok 完成，顺丰
