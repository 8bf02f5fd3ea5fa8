# 赠品没有了：再扫面单也过不去，只能扫“跳过”和原因，包裹去问题架。 (A missing gift can't be packed.)
order 1001 红茶*1 小勺*1+ = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ask 别忘赠品：小勺，还差 1 件
scan SF1000000000011
> ask 别忘赠品：小勺，还差 1 件
> no fact parcel_packed
scan OK
> ask 别忘赠品：小勺，还差 1 件
> no fact parcel_packed
scan SKIP
> ask 为什么跳过？扫原因
scan why no-gift
> ok 已转异常：放到问题架
> fact parcel_set_aside
> no fact parcel_packed
