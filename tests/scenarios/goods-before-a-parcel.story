# 没扫单就扫商品：先扫面单或订单。 (Goods with no parcel in hand.)
order 1001 红茶*1 = SF1000000000011
scan 红茶
> stop 先扫面单或订单，再扫商品
> no fact item_checked
