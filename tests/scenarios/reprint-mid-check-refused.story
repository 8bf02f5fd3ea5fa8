# 验到一半补打没打出来：验完再打，扫了才算。 (A reprint mid-check that never came out is printed when the check ends.)
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ask 贴好面单，扫一下：尾号 0011
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
revise 1001 红茶*1 绿茶*1
scan SF1000000000011
> stop 订单改了：红茶 × 1、绿茶 × 1；看清后扫“确认”
> fact parcel_reopened
scan OK
> ask 请扫商品，还差 1 件
> fact parcel_reopened
printer refuses
scan REPRINT
> ask 为什么补打？扫原因
> no fact parcel_packed
> no print
scan why torn
> stop 打印机 desk 没打：看纸和盖子，好了扫“补打”
> print sf-76x130-reprint SF1000000000011
> fact label_discarded
printer accepts
scan 绿茶
> ask 贴好面单，扫一下：尾号 0011
> print sf-76x130-reprint SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
