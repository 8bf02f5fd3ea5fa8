# 同款批量：总部断开照做，断电重起后接着做。 (The hub away, a power cut: the batch goes on.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
wave W1 1001 1002 1003
hub away
scan picklist W1
> ask 同款批量 3 单：先扫一张面单，整单验一次
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
restart
> screen ask 同款批量 1/3：扫下一张面单
scan SF1000000000022
> ok 完成，顺丰
scan 1003
> ask 请扫商品，还差 1 件
