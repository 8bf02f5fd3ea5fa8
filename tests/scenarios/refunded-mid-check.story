# 扫到一半，一行退款了：停，看清后扫“确认”，已经扫过的那件要拿出来。 (A line refunded mid-check.)
order 1001 红茶*1 绿茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 绿茶
> ok 绿茶，还差 1 件
revise 1001 红茶*1 绿茶*1-
> stop 订单改了：红茶 × 1；看清后扫“确认”
scan OK
> ask 订单改了，拿出来：绿茶 × 1
> ask 请扫商品，还差 1 件
> fact revision_accepted
> fact item_unchecked
scan 绿茶
> stop 已退款，拿出来：绿茶
scan 红茶
> ok 完成，顺丰
