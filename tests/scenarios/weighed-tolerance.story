# 有自己公差的商品：一件件加起来算；都有的按自己的算，比通常的 50 克严；有没有的，另加 50 克或 3%。 (Goods with a tolerance of their own.)
order 1001 普洱*2 = SF1000000000011
order 1002 小勺*1 = SF1000000000022
order 1003 普洱*1 红茶*1 = SF1000000000033
scale 0
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 普洱
> ok 普洱，还差 1 件
scan 普洱
> ok 完成，顺丰
scale 260
scan SF1000000000011
> ok 已称重 0.260 kg
scale 0
scan SF1000000000022
> ask 请扫商品，还差 1 件
scan 小勺
> ok 完成，顺丰
scale 106
scan SF1000000000022
> warn 重量不符：秤上 0.106 kg，应为 0.100 kg，打开看看
scale 0
scan SF1000000000033
> ask 请扫商品，还差 2 件
scan 普洱
> ok 普洱，还差 1 件
scan 红茶
> ok 完成，顺丰
scale 281
scan SF1000000000033
> warn 重量不符：秤上 0.281 kg，应为 0.200 kg，打开看看
