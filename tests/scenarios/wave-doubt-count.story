# 不确定以后接着打，其间取消的不算进张数。 (After a doubt, what was cancelled meanwhile is not counted as printed.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
wave W1 1001 1002 1003
place print-desk
cancel 1001
printer doubts
scan picklist W1
> warn 这一波的分隔单没打出来：面单照打，自己放一张隔开
> stop 第 2 张起不确定：扫最后一张好的面单，一张都没有就扫“补打”
> print divider-76x130 W1
> print sf-76x130 SF1000000000022
> print sf-76x130 SF1000000000033
printer accepts
cancel 1002
scan REPRINT
> ok 打印完成，共 1 张
> print sf-76x130-reprint SF1000000000033
> fact label_discarded
> no fact parcel_packed
