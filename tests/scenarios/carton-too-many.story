# 箱码太多：只差四件，箱子里有六件，停，一件也不记。 (A carton holds more than is left.)
order 1001 红茶*4 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 4 件
scan 红茶箱
> stop 太多了：红茶 只差 4 件
> no fact item_checked
scan 红茶
> ok 红茶，还差 3 件
