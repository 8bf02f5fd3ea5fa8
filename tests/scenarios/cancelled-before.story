# 还没开始做，整单取消了：扫面单、扫订单都停，不能做。 (Cancelled before the first scan.)
order 1001 红茶*1 = SF1000000000011
cancel 1001
scan SF1000000000011
> stop 已取消，不要发：放到退回架
> no fact parcel_opened
scan 1001
> stop 已取消，不要发：放到退回架
> fact scan_stopped
