# 手上没有单，扫“跳过”什么也不发生。 (Skip with no parcel in hand.)
order 1001 红茶*1 = SF1000000000011
scan SKIP
> warn 手上没有单，不用跳过
> no fact parcel_set_aside
scan why short
> ask 请扫面单或订单
