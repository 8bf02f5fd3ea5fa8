# 面单先贴好的（号随单来）：扫“拆单”，原来的号归这一箱，马上打包；剩下的向顺丰另取号。 (The number that came along stays with the first parcel.)
order 1001 红茶*1 绿茶*2 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 3 件
scan 绿茶
> ok 绿茶，还差 2 件
scan SPLIT
> ok 完成，顺丰
> ask 还有 2 件是另一单：再扫订单接着做
> fact parcel_packed
> no print
carrier answers SF1000000000012
scan SF1000000000011
> stop 这单已打包
scan 1001
> ask 请扫商品，还差 2 件
scan 绿茶
> ok 绿茶，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000012
scan SF1000000000012
> ok 完成，顺丰
place dock
scan SF1000000000011
> ok 已出库，第 3 件
