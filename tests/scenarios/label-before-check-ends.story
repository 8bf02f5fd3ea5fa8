# 订单加了货：再扫面单不算打包；验到一半补打的面单也不算。 (More goods wanted: neither the label scanned twice nor one printed mid-check packs it.)
setting scan_back off
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
> print sf-76x130 SF1000000000011
> fact parcel_packed
revise 1001 红茶*1 绿茶*1
scan SF1000000000011
> stop 订单改了：红茶 × 1、绿茶 × 1；看清后扫“确认”
> fact parcel_reopened
scan SF1000000000011
> stop 订单改了：红茶 × 1、绿茶 × 1；看清后扫“确认”
scan OK
> ask 请扫商品，还差 1 件
> fact parcel_reopened
scan REPRINT
> ask 为什么补打？扫原因
> no fact parcel_packed
> no print
scan why torn
> ask 请扫商品，还差 1 件
> print sf-76x130-reprint SF1000000000011
> fact label_discarded
scan 绿茶
> ask 贴好面单，扫一下：尾号 0011
> no fact parcel_packed
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
place dock
scan SF1000000000011
> ok 已出库，第 3 件
> fact parcel_shipped
