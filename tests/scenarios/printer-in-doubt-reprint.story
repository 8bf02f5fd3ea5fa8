# 打印机说不清打没打，面单没出来：扫“补打”马上打，不用说原因；新的一张带标记。 (In doubt: reprint without a reason.)
printer doubts
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> stop 面单出来了就扫它，没出来扫“补打”
printer accepts
scan REPRINT
> print sf-76x130-reprint SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
