# 拆单都打包以后退了第一单的货：放回的只是第一单箱里的。 (The first part is refunded: only what is in its box goes back.)
order 1001 红茶*1@A-01 绿茶*2@B-01
carrier answers SF1000000000011
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan SPLIT
> ask 正在拆单，请稍等
> ask 贴好面单，扫一下：尾号 0011
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> ask 还有 2 件是另一单：再扫订单接着做
> fact parcel_packed
carrier answers SF1000000000012
scan 1001
> ask 请扫商品，还差 2 件
scan 绿茶
> ok 绿茶，还差 1 件
scan 绿茶
> ask 贴好面单，扫一下：尾号 0012
> print sf-76x130 SF1000000000012
scan SF1000000000012
> ok 完成，顺丰
> fact parcel_packed
revise 1001 红茶*1-@A-01 绿茶*2@B-01
scan SF1000000000011
> stop 已取消，放回 A-01：红茶 × 1；放好扫货位
> print putback-76x130 1001
> fact label_discarded
scan bin A-01
> ok 已放回
> fact goods_put_back
