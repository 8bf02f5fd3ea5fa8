# 转异常的单不补打；重新验的时候打印机好了，验完才打。 (Put aside, nothing is printed; checked again, only when all is counted.)
setting scan_back off
printer refuses
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> stop 打印机 desk 没打：看纸和盖子，好了扫“补打”
> print sf-76x130 SF1000000000011
scan SKIP
> ask 为什么跳过？扫原因
scan why missing
> ok 已转异常：放到问题架
> fact parcel_set_aside
scan REPRINT
> warn 没有可补打的面单
> no fact parcel_packed
> no print
scan 1001
> ask 请扫商品，还差 1 件
printer ready
> no fact parcel_packed
> no print
scan 红茶
> ok 完成，顺丰
> print sf-76x130 SF1000000000011
> fact parcel_packed
