# 没扫单就扫商品：没有等着它的单，放回去，或先扫面单、订单。 (Goods with no parcel in hand.)
order 1001 红茶*1 = SF1000000000011
scan 红茶
> stop 红茶 没有要做的单：放回去，或先扫面单、订单
> no fact item_checked
