# 扫到一半订单改少了：确认后，两样多出来的都要拿出来，一样也不漏说。 (A revision with fewer goods: everything to take out is named.)
order 1001 红茶*3 绿茶*2 白茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 6 件
scan ×3
> ok 下一件 × 3
scan 红茶
> ok 红茶，还差 3 件
scan 绿茶
> ok 绿茶，还差 2 件
revise 1001 红茶*1 白茶*1
> stop 订单改了：红茶 × 1、白茶 × 1；看清后扫“确认”
scan OK
> ask 订单改了，拿出来：红茶 × 2、绿茶 × 1
> ask 请扫商品，还差 1 件
scan 白茶
> ok 完成，顺丰
