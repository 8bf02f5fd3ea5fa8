# 装车口：打包好的扫面单就出库，数到第几件；再扫一次就说已出库。 (Shipping, and the same label twice.)
order 1001 红茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
place dock
scan SF1000000000011
> ok 已出库，第 2 件
> fact parcel_shipped
scan SF1000000000011
> stop 这单已出库
> no fact parcel_shipped
place pack
scan SF1000000000011
> stop 这单已出库
