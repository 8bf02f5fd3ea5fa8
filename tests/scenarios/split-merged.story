# 合单也能拆；拆开以后一个订单取消，没打包的那一单少它的商品，打包好的那一箱里没有它的，照发。 (A merged parcel is split, and one of its orders cancelled.)
order 1001 红茶*1 & 1002 绿茶*1 白茶*1 & 1003 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 4 件
scan 红茶
> ok 红茶，还差 3 件
scan SPLIT
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> ask 还有 3 件是另一单：再扫订单接着做
cancel 1002
carrier answers SF1000000000012
scan 1003
> ask 请扫商品，还差 1 件
scan 白茶
> stop 已退款，拿出来：白茶
scan 红茶
> print sf-76x130 SF1000000000012
scan SF1000000000012
> ok 完成，顺丰
place dock
scan SF1000000000011
> ok 已出库，第 3 件
scan SF1000000000012
> ok 已出库，第 4 件
