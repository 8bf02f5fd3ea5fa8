# 本站还没收到这一单，总部有：一秒内拿到，照常做。 (The hub knows it: it comes down and opens.)
hub knows 1001 红茶*1 = SF1000000000011
scan SF1000000000011
> warn 正在查询，请稍等
> ask 请扫商品，还差 1 件
> fact parcel_opened
> no fact unverified_scanned
scan 红茶
> ok 完成，顺丰
