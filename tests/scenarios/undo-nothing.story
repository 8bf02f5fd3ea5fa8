# 手上没有单、或单已打完，没有可撤销的。 (Nothing to undo without a parcel, nor after the label.)
order 1001 红茶*1 = SF1000000000011
scan UNDO
> warn 没有可撤销的
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
scan UNDO
> warn 没有可撤销的
> no fact item_unchecked
