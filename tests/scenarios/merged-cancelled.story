# 合单里一个订单扫到一半取消：停，看清后扫“确认”，它的商品拿出来，其余照常打包。 (One order of a merged parcel is cancelled mid-check.)
order 1001 红茶*1 & 1002 绿茶*1 白茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 3 件
scan 绿茶
> ok 绿茶，还差 2 件
cancel 1002
> stop 订单改了：红茶 × 1；看清后扫“确认”
> no fact parcel_set_aside
scan 红茶
> stop 订单改了：红茶 × 1；看清后扫“确认”
> no fact item_checked
scan OK
> ask 订单改了，拿出来：绿茶 × 1
> fact revision_accepted
scan 白茶
> stop 已退款，拿出来：白茶
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
place dock
scan SF1000000000011
> ok 已出库，第 2 件
