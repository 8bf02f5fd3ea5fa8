# 每一行都退了的单，还没打包：扫面单、播种格、同款批量、一单一件，都和取消一样拦下。 (Orders refunded line by line before packing are stopped in every flow.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
order 1004 绿茶*1 = SF1000000000044
wave W1 1002 1003 1004
revise 1001 红茶*1-
scan SF1000000000011
> stop 已取消，不要发：放到退回架
> no fact parcel_opened
scan 1001
> stop 已取消，不要发：放到退回架
> no print
scan picklist W1
> ask 同款批量 3 单：先扫一张面单，整单验一次
scan SF1000000000022
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
revise 1003 红茶*1-
scan SF1000000000033
> stop 已取消，不要发：放到退回架
> no fact parcel_packed
scan SF1000000000044
> ask 请扫商品，还差 1 件
revise 1004 绿茶*1-
> stop 已取消，不要发：放到退回架
> fact parcel_set_aside
