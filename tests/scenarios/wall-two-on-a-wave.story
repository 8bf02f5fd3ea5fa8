# 两面墙分同一波：一单的货只放一个地方，说放到哪里。 (Two walls, one wave: goods go where the others of their parcel lie.)
place wall
order 1001 红茶*1 绿茶*1 = SF1000000000011
order 1002 红茶*1 白茶*1 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 请扫商品，放到说的格里
scan 红茶
> ok 1 号格：红茶
bench-2 scans badge 韩梅梅
> ok 韩梅梅，上岗
bench-2 scans picklist W1
> ask 请扫商品，放到说的格里
bench-2 scans 绿茶
> stop 不放这里：绿茶，放到 SZ-01-bench-1-01
bench-2 scans 白茶
> ok 1 号格：白茶
scan 绿茶
> ok 1 号格：绿茶，这格齐了
scan picklist W1
> ok 播种完成，2 单都齐了
