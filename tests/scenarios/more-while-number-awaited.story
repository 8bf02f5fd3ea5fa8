# 等单号时加了货：确认、补扫，面单照打，贴了才算打包。 (More goods wanted while the number is awaited: the label still prints.)
setting boxes true
carrier silent
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ask 取号中，请稍等
revise 1001 红茶*1 绿茶*1
carrier calls back 1001 SF1000000000044
> stop 订单改了：红茶 × 1、绿茶 × 1；看清后扫“确认”
scan OK
> ask 请扫商品，还差 1 件
> fact parcel_reopened
scan 绿茶
> ask 贴好面单，扫一下：尾号 0044
> print sf-76x130 SF1000000000044
scan SF1000000000044
> ok 完成，顺丰
> fact parcel_packed
