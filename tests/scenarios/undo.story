# 撤销：先撤最后一件，再撤前一件；没有了就说没有。 (Undo, until there is nothing left.)
order 1001 红茶*2 绿茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan 绿茶
> ok 绿茶，还差 1 件
scan UNDO
> ok 已撤销：绿茶，还差 2 件
> fact item_unchecked
scan UNDO
> ok 已撤销：红茶，还差 3 件
scan UNDO
> warn 没有可撤销的
> no fact item_unchecked
