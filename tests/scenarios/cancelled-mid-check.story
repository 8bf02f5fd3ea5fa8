# 扫到一半取消了：当场停，放到退回架，可以马上做下一单。 (Cancelled mid-check.)
order 1001 红茶*2 = SF1000000000011
order 1002 绿茶*1 = SF1000000000022
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
cancel 1001
> stop 已取消，不要发：放到退回架
> fact parcel_set_aside
> screen ask 请扫面单或订单
scan SF1000000000022
> ask 请扫商品，还差 1 件
