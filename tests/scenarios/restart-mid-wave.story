# 整波打到一半停电：重启后在途的都算说不清，组长扫最后一张好的接着打。 (Power cut mid-wave.)
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
wave W1 1001 1002 1003
printer silent
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
restart
> screen stop 第 1 张起不确定：扫最后一张好的面单，一张都没有就扫“补打”
printer accepts
scan SF1000000000011
> print sf-76x130 SF1000000000022
> print sf-76x130 SF1000000000033
> ok 打印完成，共 3 张
