# 一个班、一个台，几种做法换着来，不用在屏幕上选：先扫什么，就是什么做法。 (Several flows in one shift: the first scan chooses.)
order 1001 红茶*2 = SF1000000000011
order 1002 绿茶*1 = SF1000000000022
order 1003 白茶*1 小勺*1+ = SF1000000000033
order 1004 茶包*3 = SF1000000000044
order 1005 茶包*3 = SF1000000000055
singles W1 1002
wave W2 1004 1005
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> ok 完成，顺丰
scan 绿茶
> print sf-76x130 SF1000000000022
> ask 贴好面单，扫一下：尾号 0022
scan SF1000000000022
> ok 完成，顺丰
scan 1003
> ask 请扫商品，还差 2 件
scan 白茶
> ask 别忘赠品：小勺，还差 1 件
scan 小勺
> print sf-76x130 SF1000000000033
> ask 贴好面单，扫一下：尾号 0033
scan SF1000000000033
> ok 完成，顺丰
scan picklist W2
> ask 同款批量 2 单：先扫一张面单，整单验一次
scan SF1000000000044
> ask 请扫商品，还差 3 件
scan 茶包
> ask 茶包 数一下要 3 件，还差 0 件
> ok 完成，顺丰
scan SF1000000000055
> ok 完成，顺丰
scan picklist W2
> ok 同款批量结束，2 单
scan OUT
> ok 下岗，本班 5 单
