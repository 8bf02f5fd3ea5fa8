# 称过的面单又扫了一次（比如重复的面单贴在另一个箱子上）：停，不再称，也不会响“好”。 (A label that was weighed already, perhaps its twin on another box.)
order 1001 红茶*1 = SF1000000000011
scale 0
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
scale 105
scan SF1000000000011
> ok 已称重 0.105 kg
> fact parcel_weighed
scan SF1000000000011
> stop 这单已打包
> no fact parcel_weighed
scan 1001
> stop 这单已打包
> no fact parcel_weighed
> no print
