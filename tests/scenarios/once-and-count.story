# 散件扫一次再数：说出要数几件；就算是最后一样，打单时也要说。 (Scan once and count, also when it is the last.)
order 1001 茶包*20 红茶*1 = SF1000000000011
order 1002 茶包*5 = SF1000000000022
scan 1001
> ask 请扫商品，还差 21 件
scan 茶包
> ask 茶包 数一下要 20 件，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
scan SF1000000000022
> ask 请扫商品，还差 5 件
scan 茶包
> ask 茶包 数一下要 5 件，还差 0 件
> ok 完成，顺丰
