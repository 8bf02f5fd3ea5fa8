# 同款批量：换人以后，先扫拣货单、自己验一单，别人验的不算。 (Another packer checks one of their own.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 同款批量 2 单：先扫一张面单，整单验一次
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
scan badge 韩梅梅
> ok 韩梅梅，上岗
> screen ask 请扫面单或订单
scan SF1000000000022
> ask 请扫商品，还差 1 件
> no fact parcel_packed
