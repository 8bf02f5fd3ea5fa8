# 问总部拆单时断电、答复丢了：没拆一半；总部拆了，消息一到，这一单就打面单，剩下的另一单。 (Power cut while the hub is asked, its answer lost.)
carrier answers SF1000000000011
order 1001 红茶*2 绿茶*1
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
hub unheard
scan SPLIT
> stop 总部不通，现在拆不了单：接着扫；装不下就跳过，或扫“加箱”
> no fact check_completed
restart
> screen ask 请扫商品，还差 2 件
hub near
> print sf-76x130 SF1000000000011
> fact check_completed
scan SF1000000000011
> ok 完成，顺丰
> ask 还有 2 件是另一单：再扫订单接着做
carrier answers SF1000000000012
scan 1001
> ask 请扫商品，还差 2 件
