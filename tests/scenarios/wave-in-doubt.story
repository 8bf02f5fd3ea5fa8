# 整波打到第三张说不清：停；组长扫最后一张好的，从它后面接着打，重打的带标记。 (Doubt from the third on; resume from the last good one.)
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
order 1004 红茶*1 = SF1000000000044
order 1005 红茶*1 = SF1000000000055
wave W1 1001 1002 1003 1004
wave W2 1005
printer accepts 3 then doubts
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
> print sf-76x130 SF1000000000033
> print sf-76x130 SF1000000000044
> stop 第 3 张起不确定：扫最后一张好的面单，一张都没有就扫“补打”
> fact wave_print_stopped
scan SF1000000000055
> stop 这张面单不是这一波的
printer accepts
scan SF1000000000033
> print sf-76x130-reprint SF1000000000044
> ok 打印完成，共 4 张
> fact wave_print_resumed
