# 停在说不清的地方，扫了后面还没打过的一张（别处打的）：不算，不能跳过中间的。 (A label this desk hasn't printed can't be the last good one.)
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
order 1004 红茶*1 = SF1000000000044
wave W1 1001 1002 1003 1004
printer doubts
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
> stop 第 1 张起不确定：扫最后一张好的面单，一张都没有就扫“补打”
scan SF1000000000044
> stop 这张面单不是这一波的
> no fact wave_print_resumed
