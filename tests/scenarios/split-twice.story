# 一单拆三箱：剩下的再拆一次。 (Parted twice.)
order 1001 红茶*3 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan SPLIT
> ok 完成，顺丰
> ask 还有 2 件是另一单：再扫订单接着做
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
carrier silent
scan SKIP
> ask 为什么跳过？扫原因
scan why short
> ok 已转异常：放到问题架
carrier answers SF1000000000012
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan SPLIT
> print sf-76x130 SF1000000000012
scan SF1000000000012
> ok 完成，顺丰
> ask 还有 1 件是另一单：再扫订单接着做
scan 1001
> ask 请扫商品，还差 1 件
