# 等打印机、等单号时取消或挂起：马上说，面单不再打，不算打包。 (Cancelled or held while its label or its number is awaited: nothing is printed.)
setting scan_back off
printer refuses
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> stop 打印机 desk 没打：看纸和盖子，好了扫“补打”
> print sf-76x130 SF1000000000011
cancel 1001
> stop 已取消，不要发：放到退回架
> fact parcel_set_aside
printer ready
> no fact parcel_packed
> no print
printer refuses
scan 1002
> ask 请扫商品，还差 1 件
scan 红茶
> stop 打印机 desk 没打：看纸和盖子，好了扫“补打”
> print sf-76x130 SF1000000000022
hold 1002 地址有误
> stop 已挂起：地址有误
> fact parcel_set_aside
printer ready
> no fact parcel_packed
> no print
printer accepts
carrier silent
scan 1003
> ask 请扫商品，还差 1 件
scan 红茶
> ask 取号中，请稍等
cancel 1003
> stop 已取消，不要发：放到退回架
> fact parcel_set_aside
wait
> no fact parcel_packed
> no print
