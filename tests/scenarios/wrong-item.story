# 扫错商品：停，说清楚是什么，什么也不记到这一单。
order 1001 红茶*2 = SF1000000000011
scan 1001
> ask 请扫商品，还差 2 件
scan 绿茶
> stop 不是这单的：绿茶
> no fact item_checked
> fact scan_stopped
scan 红茶
> ok 红茶，还差 1 件
