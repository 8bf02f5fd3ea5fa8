# 拆单以后退款：先从还没打包的那一单里少；那一单一件不剩，就不用做了。 (A refund between the two: the one that isn't packed gets less, or isn't wanted.)
order 1001 红茶*3 绿茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 4 件
scan 红茶
> ok 红茶，还差 3 件
scan SPLIT
> print sf-76x130 SF1000000000011
revise 1001 红茶*2 绿茶*1-
scan SF1000000000011
> ok 完成，顺丰
> ask 还有 1 件是另一单：再扫订单接着做
carrier answers SF1000000000012
scan 1001
> ask 请扫商品，还差 1 件
scan 绿茶
> stop 已退款，拿出来：绿茶
revise 1001 红茶*1 绿茶*1-
> stop 已取消，不要发：放到退回架
scan 1001
> stop 这单已打包
place dock
scan SF1000000000011
> ok 已出库，第 2 件
