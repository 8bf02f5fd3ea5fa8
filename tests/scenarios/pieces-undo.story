# 多扫了“加箱”：马上扫“撤销”收回一箱；中间扫过商品，先撤商品。 (A box too many is taken back.)
setting boxes true
carrier answers SF1000000000011 SF1000000000012
order 1001 红茶*2
scan 1001
> ask 请扫商品，还差 2 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan BOX
> ok 这一单分 3 箱，每箱一张面单
scan UNDO
> ok 这一单分 2 箱，每箱一张面单
scan 红茶
> ok 红茶，还差 1 件
scan UNDO
> ok 已撤销：红茶，还差 2 件
scan UNDO
> ok 这一单分 1 箱，每箱一张面单
scan UNDO
> warn 没有可撤销的
scan BOX
> ok 这一单分 2 箱，每箱一张面单
# 放到一边再做，从一箱数起。
scan SKIP
> ask 为什么跳过？扫原因
scan why short
> ok 已转异常：放到问题架
scan 1001
> ask 请扫商品，还差 2 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan ×2
> ok 下一件 × 2
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> print sf-76x130 SF1000000000012
scan SF1000000000012
> ok 完成，顺丰
