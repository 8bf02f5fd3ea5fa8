# 播种墙：格子满了，停，先把齐了的打包；打完包格子空出来接着分。 (No slot free, until one is packed.)
setting slots 1
place wall
order 1001 红茶*1 = SF1000000000011
order 1002 绿茶*1 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 请扫商品，放到说的格里
scan 红茶
> ok 1 号格：红茶，这格齐了
scan 绿茶
> stop 没有空格：先把齐了的格打包
SZ-02 packs 1001
scan 绿茶
> ok 1 号格：绿茶，这格齐了
