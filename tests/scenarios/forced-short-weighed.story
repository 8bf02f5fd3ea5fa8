# 缺货放行的，称重按箱里有的算。 (Passed without a piece, it weighs what is in the box.)
scale 100
order 1001 红茶*2 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan FORCE
> ask 还缺 红茶 × 1；放行要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么放行？扫原因
scan why short
> ok 完成，顺丰
> fact check_forced
> fact parcel_packed
scan SF1000000000011
> ok 已称重 0.100 kg
