# 几箱的面单补打：补的是手上这一箱的，别的箱不动。 (REPRINT prints the box in hand, and no other.)
setting boxes true
carrier answers SF1000000000011 SF1000000000012
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> print sf-76x130 SF1000000000012
scan REPRINT
> ask 为什么补打？扫原因
scan why torn
> print sf-76x130-reprint SF1000000000012
scan SF1000000000012
> ok 完成，顺丰
scan REPRINT
> ask 为什么补打？扫原因
scan why torn
> print sf-76x130-reprint SF1000000000012
scan SF1000000000012
> ok 补打完成
place dock
scan SF1000000000011
> ask 这一单还有 1 箱没扫
