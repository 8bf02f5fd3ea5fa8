# 打印台：扫拣货单，整波面单按顺序打完；取消的不打。
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
wave W1 1001 1002 1003
cancel 1002
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000033
> ok 打印完成，共 2 张
> fact wave_print_completed
