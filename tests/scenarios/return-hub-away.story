# 总部断开、断电重起：收过的、扫过的都在；没听说过的先按无单收。 (The hub away, a power cut.)
return R1 红茶*2 of 1001 because 质量问题
place returns
hub away
scan R1
> ok 退件 R1 已收
scan 红茶
> ask 红茶 × 1：请扫结论
restart
> screen ask 红茶 × 1：请扫结论
scan found good
> ok 红茶 × 1：良品
restart
> screen ask 请扫退回的商品，还差 1 件，验完扫“关”
scan 红茶
> ask 红茶 × 1：请扫结论
scan found good
> ok 红茶 × 1：良品
scan R1
> ok 验退完成，共 2 件，相符
scan YT9000000000099
> warn 没有这一单：YT9000000000099；再扫一次按无单收
scan YT9000000000099
> warn 无单退件 RT-SZ-01-bench-1-1 已收，已记录
scan why other
> ok 退货原因：其他
scan CLOSE
> warn 验退完成：箱里没有商品
hub near
