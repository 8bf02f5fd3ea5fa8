# 打包了、出库了、别处在做的不打；打过的一波再扫不重打，可以补一张，可以撤销。 (A wave passes over what has its label; scanned again it asks, and takes one position or UNDO for an answer.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
wave W1 1001 1002 1003
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ask 贴好面单，扫一下：尾号 0011
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
SZ-02 opens 1002
place print-desk
scan picklist W1
> ok 打印完成，共 1 张
> print divider-76x130 W1
> print sf-76x130 SF1000000000033
SZ-02 ships 1002
scan picklist W1
> stop 这一波打过了：补一张就扫它再扫“补打”；3 张全部重打扫“确认”
scan picklist W1
> stop 这一波打过了：补一张就扫它再扫“补打”；3 张全部重打扫“确认”
scan SF1000000000033
> ask 第 3/3 张：要补打扫“补打”
scan UNDO
> ask 请扫拣货单打印面单
scan picklist W1
> stop 这一波打过了：补一张就扫它再扫“补打”；3 张全部重打扫“确认”
scan UNDO
> ask 请扫拣货单打印面单
scan SF1000000000033
> ask 第 3/3 张：要补打扫“补打”
scan REPRINT
> ask 为什么补打？扫原因
> no fact parcel_packed
> no print
scan why torn
> ok 补打完成
> print sf-76x130-reprint SF1000000000033
> fact label_discarded
