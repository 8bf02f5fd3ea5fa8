# 拆单：后一单先走了，再退款：从还在这里的那一单里拿出来。 (The last part left first, then goods are refunded: they come out of the part that is still here.)
order 1001 红茶*3@A-01
carrier answers SF1000000000011
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan SPLIT
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> ask 还有 1 件是另一单：再扫订单接着做
carrier answers SF1000000000012
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000012
scan SF1000000000012
> ok 完成，顺丰
place dock
scan SF1000000000012
> ok 已出库，第 3 件
revise 1001 红茶*2@A-01 红茶*1-@A-01
scan SF1000000000011
> stop 已退款，要拿出 红茶 × 1：到打包台扫它的面单
> no fact parcel_shipped
place pack
scan SF1000000000011
> stop 已退款，拿出：红茶 × 1；拿出来后扫“确认”
> fact parcel_reopened
scan OK
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
place dock
scan SF1000000000011
> ok 已出库，第 5 件
