# 一波里连着取消了好几单，比一次送打的还多：跳过去，后面照常打完。 (More cancelled in a row than labels under way at once.)
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
order 1004 红茶*1 = SF1000000000044
order 1005 红茶*1 = SF1000000000055
order 1006 红茶*1 = SF1000000000066
order 1007 红茶*1 = SF1000000000077
order 1008 红茶*1 = SF1000000000088
wave W1 1001 1002 1003 1004 1005 1006 1007 1008
cancel 1002
cancel 1003
cancel 1004
cancel 1005
cancel 1006
cancel 1007
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000088
> ok 打印完成，共 2 张
