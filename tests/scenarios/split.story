# 装不下就拆单：扫了几件扫“拆单”，这几件打一张面单；再扫订单，剩下的是另一单，号也另取；两单都发。 (One order, two parcels.)
carrier answers SF1000000000011
order 1001 红茶*2 绿茶*1
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan SPLIT
> print sf-76x130 SF1000000000011
> fact check_completed
# 另一箱的，不能再往这一箱装。
scan 绿茶
> stop 多了，拿出来：绿茶
scan SF1000000000011
> ok 完成，顺丰
> ask 还有 2 件是另一单：再扫订单接着做
> fact parcel_packed
carrier answers SF1000000000012
scan 1001
> ask 请扫商品，还差 2 件
> fact parcel_opened
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> stop 多了，拿出来：红茶
scan 绿茶
> print sf-76x130 SF1000000000012
scan SF1000000000011
> stop 这是别的单的面单
scan SF1000000000012
> ok 完成，顺丰
> fact parcel_packed
scan 1001
> stop 这单已打包
place dock
scan SF1000000000012
> ok 已出库，第 3 件
scan SF1000000000011
> ok 已出库，第 4 件
