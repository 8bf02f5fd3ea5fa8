# 改少以后正好齐了：确认就打单，同时提醒拿出多的。 (A revision that completes the check.)
order 1001 红茶*2 绿茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
revise 1001 红茶*1
> stop 订单改了：红茶 × 1；看清后扫“确认”
scan OK
> print sf-76x130 SF1000000000011
> ask 订单改了，拿出来：红茶 × 1
> fact check_completed
scan SF1000000000011
> ok 完成，顺丰
