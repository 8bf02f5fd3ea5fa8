# 总部不通拆不了单：说清楚，扫过的一件不少，接着扫；总部通了再拆。 (The hub away: nothing is split, nothing is lost.)
carrier answers SF1000000000011
order 1001 红茶*2 绿茶*1
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
hub away
scan SPLIT
> stop 总部不通，现在拆不了单：接着扫；装不下就跳过，或扫“加箱”
> no fact check_completed
> screen ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
hub near
scan SPLIT
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> ask 还有 1 件是另一单：再扫订单接着做
