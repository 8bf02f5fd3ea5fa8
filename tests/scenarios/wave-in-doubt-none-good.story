# 说不清的一张也没出来：扫“补打”，从第一张说不清的起重打。 (None of the doubtful ones came out.)
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
wave W1 1001 1002 1003
printer accepts 2 then doubts
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
> print sf-76x130 SF1000000000033
> stop 第 2 张起不确定：扫最后一张好的面单，一张都没有就扫“补打”
> screen stop 第 2 张起不确定：扫最后一张好的面单，一张都没有就扫“补打”
printer accepts
scan REPRINT
> print sf-76x130-reprint SF1000000000022
> print sf-76x130-reprint SF1000000000033
> ok 打印完成，共 3 张
