# 箱码：扫一次红茶箱算六件。 (A carton code counts six.)
order 1001 红茶*7 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 7 件
scan 红茶箱
> ok 红茶，还差 1 件
> fact item_checked
scan 红茶
> ok 完成，顺丰
