# 临时面单上加箱又撤销：还是一箱，不多打一张。 (A box under a temporary number, taken back: one box, one label.)
setting boxes true
carrier silent
order 1001 红茶*1
place print-desk
wave W1 1001
scan picklist W1
> ask 1 单还差 1 个单号：到齐就打；不等，再扫一次波次码，缺的先打备用号或临时面单
scan picklist W1
> print divider-76x130 W1
wait
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
> ok 打印完成，共 1 张
place pack
scan TMP-DB20260215-SF-001001-1
> ask 请扫商品，还差 1 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan UNDO
> ok 这一单分 1 箱，每箱一张面单
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan SKIP
> ask 为什么跳过？扫原因
scan why short
> ok 放到问题架
scan TMP-DB20260215-SF-001001-1
> ask 请扫商品，还差 1 件
scan 红茶
> warn 完成，放到待换单区
