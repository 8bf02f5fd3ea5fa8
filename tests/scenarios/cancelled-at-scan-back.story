# 面单刚打出来，订单取消了：马上说，扫回面单也停，不算打包。 (Cancelled between print and scan-back.)
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
cancel 1001
> stop 已取消，不要发：放到退回架
> fact parcel_set_aside
scan SF1000000000011
> stop 已取消，不要发：放到退回架
> no fact parcel_packed
