# 一行已退款：不用扫；扫到了就说“已退款，拿出来”。 (A refunded line.)
order 1001 红茶*1 绿茶*1- = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 绿茶
> stop 已退款，拿出来：绿茶
> no fact item_checked
scan 红茶
> print sf-76x130 SF1000000000011
