# 验过的单又来一箱：先停，问是不是另一箱；再扫一次才收，另记一个退件。 (Another box of a return that was inspected.)
order 1001 红茶*2 = SF1000000000011
place returns
scan 1001
> ok 退件 RT-SZ-01-bench-1-1 已收
scan why no-reason
> ok 退货原因：七天无理由
scan 红茶
> ask 红茶 × 1：请扫结论
scan found good
> ok 红茶 × 1：良品
scan 1001
> ok 验退完成，共 1 件，相符
scan SF1000000000011
> stop 已验过：RT-SZ-01-bench-1-1；是另一箱就再扫一次
> no fact return_arrived
scan SF1000000000011
> ok 退件 RT-SZ-01-bench-1-2 已收
> fact return_arrived
