# 无单退件：问过总部也没有，再扫一次按无单收，或扫“无单号”；扫到什么记什么，办公室去找是谁的。 (Nothing known about it: received without an order.)
place returns
scan YT9000000000099
> warn 没有这一单：YT9000000000099；再扫一次按无单收
> screen warn 没有这一单：YT9000000000099；再扫一次按无单收
> no fact return_arrived
scan UNDO
> ask 请扫退件：退货单号、运单号或订单号
scan YT9000000000099
> warn 没有这一单：YT9000000000099；再扫一次按无单收
scan YT9000000000099
> warn 无单退件 RT-SZ-01-bench-1-1 已收，已记录
> ask 请扫退货原因
> fact return_arrived
scan why other
> ok 退货原因：其他
scan 红茶箱
> ask 红茶 × 6：请扫结论
scan found good
> ok 红茶 × 6：良品
scan YT9000000000099
> ok 验退完成，共 6 件，相符
scan NONUMBER
> warn 无单退件 RT-SZ-01-bench-1-2 已收，已记录
> ask 请扫退货原因
scan NONUMBER
> stop 先验完手上的退件 RT-SZ-01-bench-1-2，验完扫“关”
scan why other
> ok 退货原因：其他
scan CLOSE
> warn 验退完成：箱里没有商品
