# 打印台：取消的、挂起的、别的台在做的、打包了的、不在波次里的，都不补打；问原因时取消的也不打。 (What a print desk doesn't print again.)
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
order 1004 红茶*1 = SF1000000000044
order 1005 红茶*1 = SF1000000000055
wave W1 1001 1002 1003 1004
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
> print sf-76x130 SF1000000000033
> print sf-76x130 SF1000000000044
> ok 打印完成，共 4 张
cancel 1001
scan SF1000000000011
> stop 已取消，不要发：放到退回架
hold 1002 等客服
scan SF1000000000022
> stop 已挂起：等客服
SZ-02 packs 1003
scan SF1000000000033
> stop 这单已打包
scan SF1000000000044 then REPRINT
> ask 为什么补打？扫原因
cancel 1004
scan why torn
> stop 已取消，不要发：放到退回架
> no print
resume 1002
SZ-02 opens 1002
scan SF1000000000022
> stop 这单正在 SZ-02 bench-9 做
place pack
scan 1005
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000055
scan SKIP
> ask 为什么跳过？扫原因
scan why torn
> ok 已转异常：放到问题架
place print-desk
scan SF1000000000055
> stop 这单不在波次里：到打包台补打
