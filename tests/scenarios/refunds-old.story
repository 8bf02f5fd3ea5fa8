# 退款信息太旧：打包照做，不严格的仓照发。 (Refunds known are old: packing goes on, and where the site isn't strict the dock too.)
order 1001 红茶*1 = SF1000000000011
hub away
refunds old
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
place dock
scan SF1000000000011
> ok 已出库，第 2 件
