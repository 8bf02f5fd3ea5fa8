# 免扫商品（说明书）不用扫，不算在还差里。 (Goods that need no scan.)
order 1001 红茶*1 说明书*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
