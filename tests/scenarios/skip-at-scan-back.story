# 面单打出来了但贴不了：跳过，去问题架；以后再做，扫原来那张面单就行，不再打第二张。 (Skipped with its label already out.)
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
scan SKIP
> ask 为什么跳过？扫原因
scan why damaged
> ok 已转异常：放到问题架
> no fact parcel_packed
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ask 贴好面单，扫一下：尾号 0011
> no print
scan SF1000000000011
> ok 完成，顺丰
