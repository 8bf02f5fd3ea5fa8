# 挂起的单不能做；解除以后照常做。扫到一半挂起也停，解除后从头扫。 (Held, resumed, held mid-check.)
order 1001 红茶*2 = SF1000000000011
hold 1001 请确认赠品配置
scan 1001
> stop 已挂起：请确认赠品配置
> no fact parcel_opened
resume 1001
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
hold 1001 地址待核
> stop 已挂起：地址待核
> fact parcel_set_aside
resume 1001
scan 1001
> ask 请扫商品，还差 2 件
