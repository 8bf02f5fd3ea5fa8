# 忘了扫回面单就扫下一单：停，下一单不开，这一单不算打包。 (The scan-back is missing.)
order 1001 红茶*1 = SF1000000000011
order 1002 绿茶*1 = SF1000000000022
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
scan 1002
> stop 先把手上这一单的面单贴好、扫一下
> no fact parcel_opened
> no fact parcel_packed
> screen ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
scan 1002
> ask 请扫商品，还差 1 件
