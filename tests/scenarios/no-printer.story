# 这个台没有打印机：说找组长，单还在手上，可以跳过。 (No printer takes this label.)
setting printer none
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> stop 这里没有能打这种面单的打印机：找组长
> no print
> screen stop 这里没有能打这种面单的打印机：找组长
scan SKIP
> ask 为什么跳过？扫原因
scan why printer
> ok 已转异常：放到问题架
