# 扫到一半订单改多了：停，说出现在要什么；没确认之前不许扫商品；扫“确认”接着扫。 (A revision with more goods.)
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
revise 1001 红茶*2 绿茶*1
> stop 订单改了：红茶 × 2、绿茶 × 1；看清后扫“确认”
scan 红茶
> stop 订单改了：红茶 × 2、绿茶 × 1；看清后扫“确认”
> no fact item_checked
scan OK
> ask 请扫商品，还差 3 件
> fact revision_accepted
scan 红茶
> ok 红茶，还差 2 件
