# 先退款后退货：寄出的都认，没寄的是错货。 (Refunded before it came back: what was sent is right, anything else is wrong goods.)
order 1001 红茶*1 绿茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> ok 完成，顺丰
> fact parcel_packed
scan SF1000000000022
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
> fact parcel_packed
SZ-02 ships 1001
SZ-02 ships 1002
revise 1001 红茶*1- 绿茶*1
revise 1002 红茶*1-
place returns
scan SF1000000000011
> ok 退件 RT-SZ-01-bench-1-1 已收
> ask 请扫退货原因
scan why no-reason
> ok 退货原因：七天无理由
> ask 请扫退回的商品，验完扫“关”
scan 红茶
> ask 红茶 × 1：请扫结论
scan found good
> ok 红茶 × 1：良品
> ask 请扫退回的商品，验完扫“关”
scan CLOSE
> ok 验退完成，共 1 件，相符
scan SF1000000000022
> ok 退件 RT-SZ-01-bench-1-2 已收
> ask 请扫退货原因
scan why no-reason
> ok 退货原因：七天无理由
> ask 请扫退回的商品，验完扫“关”
scan 绿茶
> warn 错货，放一边：绿茶，已记录
