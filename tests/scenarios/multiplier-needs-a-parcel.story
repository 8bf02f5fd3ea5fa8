# 手上没有单，“×N”没有意义：先扫单。旧的“×N”不会带到下一单。 (No multiplier without a parcel in hand.)
order 1001 红茶*1 = SF1000000000011
scan ×3
> stop 先扫面单或订单，再扫商品
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
