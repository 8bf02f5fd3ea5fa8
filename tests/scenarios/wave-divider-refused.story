# 没纸，分隔单和头几张都没打出来：从头重打，分隔单也再打一张，还是在最前面。 (Out of paper at once: the divider comes again, first.)
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
wave W1 1001 1002
printer refuses
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
> warn 这一波的分隔单没打出来：面单照打，自己放一张隔开
> stop 第 1 张起不确定：扫最后一张好的面单，一张都没有就扫“补打”
printer accepts
scan REPRINT
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
> ok 打印完成，共 2 张
