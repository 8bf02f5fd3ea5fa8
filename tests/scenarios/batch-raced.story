# 同款批量：别的站抢先打包的那一单，停，不算两次。 (Another bench was faster with one of the batch.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 同款批量 2 单：先扫一张面单，整单验一次
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
SZ-02 packs 1002
scan SF1000000000022
> stop 这单已打包
> screen ask 同款批量 1/2：扫下一张面单
