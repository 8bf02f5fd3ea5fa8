# 换了单号又退了款：先拿出来，再打新面单。 (Renumbered and refunded at once: first what comes out, then the new label.)
order 1001 红茶*2 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan ×2
> ok 下一件 × 2
scan 红茶
> ok 完成，顺丰
> fact parcel_packed
revise 1001 红茶*1 红茶*1- = SF1000000000111
scan SF1000000000011
> stop 已退款，拿出：红茶 × 1；拿出来后扫“确认”
> fact parcel_reopened
scan OK
> ask 贴好面单，扫一下：尾号 0111
> print sf-76x130 SF1000000000111
scan SF1000000000111
> ok 完成，顺丰
> fact parcel_packed
place dock
scan SF1000000000111
> ok 已出库，第 3 件
> fact parcel_shipped
scan SF1000000000011
> stop 这单已出库
