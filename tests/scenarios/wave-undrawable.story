# 一波里有的面单画不出来：其余照打，打完说有几张打不出；再扫波次码先问，不会整波再打。 (Labels that can't be drawn are told at the wave's end; a printed wave isn't printed whole again unasked.)
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
wave W1 1001 1002 1003
printer accepts 3 then spoils
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
> print sf-76x130 SF1000000000033
> warn 3 张里有 1 张打不出来：扫订单再扫“补打”看原因
printer accepts
scan picklist W1
> stop 这一波打过了：补一张就扫它再扫“补打”；3 张全部重打扫“确认”
> no print
> screen stop 这一波打过了：补一张就扫它再扫“补打”；3 张全部重打扫“确认”
scan OK
> print divider-76x130 W1
> print sf-76x130-reprint SF1000000000011
> print sf-76x130-reprint SF1000000000022
> print sf-76x130 SF1000000000033
> ok 打印完成，共 3 张
