# 播种墙：少拣了，结束时说出没齐的格；扫那一格只差那一件，跳过去问题架，格子就空了。 (Short picks are named.)
place wall
order 1001 红茶*1 绿茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 白茶*1 = SF1000000000033
wave W1 1001 1002 1003
scan picklist W1
> ask 请扫商品，放到说的格里
scan 红茶
> ok 1 号格：红茶
scan 红茶
> ok 2 号格：红茶，这格齐了
scan picklist W1
> warn 播种结束，没齐的格：1；还没开始 1 单
place pack
scan slot 1
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan SKIP
> ask 为什么跳过？扫原因
scan why missing
> ok 已转异常：放到问题架
scan slot 1
> stop 这个箱或格里没有单
