# 打印机说不清打没打：问人；面单其实出来了，扫它就行，不再打。 (In doubt: it came out.)
printer doubts
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> stop 面单出来了就扫它，没出来扫“补打”
scan SF1000000000011
> ok 完成，顺丰
> no print
