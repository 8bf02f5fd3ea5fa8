# 播种墙：空格子、没见过的周转箱，停。 (An empty slot or tote.)
order 1001 红茶*1 = SF1000000000011
scan slot 7
> stop 这个箱或格里没有单
scan 1001
> ask 请扫商品，还差 1 件
scan slot 7
> stop 不认识这个码：SZ-01-bench-1-07
place dock
scan slot 7
> stop 这里不用这个码
