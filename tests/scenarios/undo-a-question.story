# 扫错了“跳过”或“补打”：问原因时扫“撤销”，问题收回，商品一件不少。 (Undo takes a question back, not an item.)
order 1001 红茶*2 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan SKIP
> ask 为什么跳过？扫原因
scan 红茶
> ask 为什么跳过？扫原因
> no fact item_checked
scan UNDO
> ask 请扫商品，还差 1 件
> no fact item_unchecked
> no fact parcel_set_aside
scan 红茶
> ok 完成，顺丰
