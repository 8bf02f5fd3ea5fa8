# 一单装几箱（顺丰子母件）：验货时扫“加箱”，取号时母单号、子单号一起来；一箱一张面单，贴一张扫一张，都扫回才算打包。 (Several boxes under one mother number.)
setting boxes true
carrier answers SF1000000000011 SF1000000000012 SF1000000000013
order 1001 红茶*1 绿茶*1
scan 1001
> ask 请扫商品，还差 2 件
> no fact waybill_requested
scan BOX
> ok 这一单分 2 箱，每箱一张面单
> fact pieces_counted
scan 红茶
> ok 红茶，还差 1 件
scan BOX
> ok 这一单分 3 箱，每箱一张面单
scan 绿茶
> print sf-76x130 SF1000000000011
> ask 第 1/3 箱：贴好面单，扫一下：尾号 0011
> fact pieces_numbered
scan SF1000000000011
> print sf-76x130 SF1000000000012
> ask 第 2/3 箱：贴好面单，扫一下：尾号 0012
> no fact parcel_packed
# 同一张再扫一次，不算第二箱。
scan SF1000000000011
> ask 第 2/3 箱：贴好面单，扫一下：尾号 0012
> no fact parcel_packed
> screen ask 第 2/3 箱：贴好面单，扫一下：尾号 0012
scan SF1000000000012
> print sf-76x130 SF1000000000013
scan SF1000000000013
> ok 完成，顺丰
> fact parcel_packed
scan SF1000000000012
> stop 这单已打包
