# 包材记全了，重量就对；跳过的单，包材不算，重新做重新扫。 (With its material the weight is right; what was set aside begins anew.)
order 1001 红茶*2 = SF1000000000011
scale 0
scan 1001
> ask 请扫商品，还差 2 件
scan material BOX-3
> ok 包材 3号纸箱 × 1
scan SKIP
> ask 为什么跳过？扫原因
scan material BOX-3
> ask 为什么跳过？扫原因
scan why torn
> ok 已转异常：放到问题架
scan material BOX-3
> stop 没有单可记：包材在打包时、称重前扫
scan 1001
> ask 请扫商品，还差 2 件
scan material BOX-3
> ok 包材 3号纸箱 × 1
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
scan 6901234567977
> ok 包材 快递袋 × 1
scan SF1000000000011
> ok 完成，顺丰
scale 335
scan SF1000000000011
> ok 已称重 0.335 kg
