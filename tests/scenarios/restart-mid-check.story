# 扫到一半停电：重启后还在这一单，还差几件一件不错。 (Power cut mid-check.)
order 1001 红茶*3 = SF1000000000011
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
restart
> screen ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan UNDO
> ok 已撤销：红茶，还差 2 件
