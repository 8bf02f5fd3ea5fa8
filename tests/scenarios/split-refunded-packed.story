# 拆单都打包以后退了一单的货：这一单作废、放回，另一单照发。 (The goods of a packed part are refunded: its label is void and they go back.)
order 1001 红茶*1@A-01 绿茶*1@A-02
carrier answers SF1000000000011
scan 1001
> ask 请扫商品，还差 2 件
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
scan 绿茶
> print sf-76x130 SF1000000000012
scan SF1000000000012
> ok 完成，顺丰
revise 1001 红茶*1@A-01 绿茶*1-@A-02
scan SF1000000000012
> stop 已取消，放回 A-02：绿茶 × 1；放好扫货位
> print putback-76x130 1001
> fact label_discarded
scan bin A-02
> ok 已放回
> fact goods_put_back
place dock
scan SF1000000000012
> stop 已取消，不要发：放到退回架
scan SF1000000000011
> ok 已出库，第 3 件
