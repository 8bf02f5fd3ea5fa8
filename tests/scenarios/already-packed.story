# 已打包的单再扫：停，不会重做，不会再打面单。 (Already packed.)
order 1001 红茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
scan SF1000000000011
> stop 这单已打包
scan 1001
> stop 这单已打包
> no print
