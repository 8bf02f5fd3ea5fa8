# 分隔单说不清打没打出来：只提醒一声，面单照打，一张面单也不算说不清；打完补打不带分隔单。 (A divider in doubt puts no label in doubt.)
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
wave W1 1001 1002
printer doubts 1 then accepts
scan picklist W1
> print divider-76x130 W1
> warn 这一波的分隔单没打出来：面单照打，自己放一张隔开
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
> ok 打印完成，共 2 张
> no fact wave_print_stopped
