# 面单已经打出来，又扫了一件：多了或不是这单的，照样停。 (Goods scanned while the label waits for its scan-back.)
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan 红茶
> stop 多了，拿出来：红茶
scan 绿茶
> stop 不是这单的：绿茶
> screen ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
