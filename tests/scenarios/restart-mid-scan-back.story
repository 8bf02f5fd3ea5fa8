# 面单打好、还没扫回时停电：重启后接着等扫面单，不会再打。 (Power cut before the scan-back.)
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
restart
> screen ask 贴好面单，扫一下：尾号 0011
> no print
scan SF1000000000011
> ok 完成，顺丰
