# 临时面单打了、号码到了、又加了货：确认、补扫，打正式面单。 (More goods wanted with a temporary label out and the number there: the real label prints.)
carrier silent
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ask 取号中，请稍等
wait
> warn 临时面单，待换单：贴好扫一下
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
> no fact parcel_packed
carrier calls back 1001 SF1000000000044
revise 1001 红茶*1 绿茶*1
scan TMP-DB20260215-SF-001001-1
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
