# 取消的单占着格子：打包台扫那格，或在墙上撤销，格子就空了。 (The slot of a cancelled parcel is free again.)
setting slots 1
place wall
order 1001 红茶*1 = SF1000000000011
order 1002 绿茶*1 = SF1000000000022
order 1003 白茶*1 = SF1000000000033
wave W1 1001 1002 1003
scan picklist W1
> ask 请扫商品，放到说的格里
scan 红茶
> ok 1 号格：红茶，这格齐了
cancel 1001
scan 绿茶
> stop 没有空格：先把齐了的格打包
place pack
scan slot 1
> stop 已取消，不要发：放到退回架
> fact tote_freed
place wall
scan 绿茶
> ok 1 号格：绿茶，这格齐了
cancel 1002
scan UNDO
> ok 从 1 号格拿回：绿茶
> fact tote_freed
scan 白茶
> ok 1 号格：白茶，这格齐了
