# 多了一件：停，拿出来；别的商品还没扫完，照常扫。 (One too many while others are still to come.)
order 1001 红茶*1 绿茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> stop 多了，拿出来：红茶
> no fact item_checked
> fact scan_stopped
scan 绿茶
> ok 完成，顺丰
