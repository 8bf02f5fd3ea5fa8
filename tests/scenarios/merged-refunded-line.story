# 合单里一个订单的一行已退款：少扫那几件；多拿的要说清楚。 (A refunded line of a merged order.)
order 1001 红茶*1 & 1002 红茶*1- 绿茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> stop 已退款，拿出来：红茶
scan 绿茶
> print sf-76x130 SF1000000000011
