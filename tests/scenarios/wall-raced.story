# 播种墙：别的站抢先打包的那一单，不再分货，格子空出来。 (Another bench was faster.)
place wall
order 1001 红茶*2 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 请扫商品，放到说的格里
scan 红茶
> ok 1 号格：红茶
SZ-02 packs 1001
scan 红茶
> ok 1 号格：红茶，这格齐了
scan picklist W1
> ok 播种完成，2 单都齐了
