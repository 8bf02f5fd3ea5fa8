# 什么都还没打过，没有可补打的。 (Nothing to reprint.)
order 1001 红茶*1 = SF1000000000011
scan REPRINT
> warn 没有可补打的面单
scan 1001
> ask 请扫商品，还差 1 件
scan REPRINT
> warn 没有可补打的面单
> no print
