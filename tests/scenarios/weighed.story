# 打包后称重：包裹放在秤上、稳定了，扫面单就记下重量；不稳、空秤都不记；差得太多亮黄灯，两个重量都说出来。 (Weighing.)
order 1001 红茶*3 = SF1000000000011
scale 0
scan SF1000000000011
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> ok 完成，顺丰
scan SF1000000000011
> ask 已打包：放到秤上，稳定后再扫面单
> no fact parcel_weighed
scale moves
scan SF1000000000011
> ask 已打包：放到秤上，稳定后再扫面单
> no fact parcel_weighed
scale 345
scan SF1000000000011
> ok 已称重 0.345 kg
> fact parcel_weighed
order 1002 红茶*3 = SF1000000000012
scan SF1000000000012
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> ok 完成，顺丰
scale 240
scan SF1000000000012
> warn 重量不符：秤上 0.240 kg，应为 0.300 kg，打开看看
> fact parcel_weighed
> no print
