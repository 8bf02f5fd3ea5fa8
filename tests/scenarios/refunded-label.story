# 先打单：还没拣就退款了。扫面单就作废，没有货要放回；关了放回单也一样。 (Printed before picking, refunded before the check: the scan voids the label, and nothing goes back.)
place print-desk
order 1001 红茶*1@A-01 = SF1000000000011
wave W1 1001
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> ok 打印完成，共 1 张
cancel 1001
place pack
scan SF1000000000011
> stop 已取消，不要发：放到退回架
> fact label_discarded
> no print
