# 合单里的订单一个个都取消了：先拿出一单的，最后一单也取消，整个包裹停。 (All orders of a merged parcel are cancelled, one after the other.)
order 1001 红茶*1 & 1002 绿茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
cancel 1001
> stop 订单改了：绿茶 × 1；看清后扫“确认”
cancel 1002
> stop 已取消，不要发：放到退回架
> fact parcel_set_aside
scan 1001
> stop 已取消，不要发：放到退回架
