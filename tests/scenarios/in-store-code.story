# 没有69码的商品，扫店内码或编号。 (Goods with an in-store code or only their sku.)
order 1001 散装茶*2 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan LOOSE-TEA-1
> ok 散装茶，还差 1 件
scan L01
> ok 完成，顺丰
