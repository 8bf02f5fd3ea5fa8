# 拣完才取消：打包台扫箱、播种墙扫商品，都说放回哪个货位；不是那个货位就停；放完箱子空了。 (Cancelled after picking: back from the bench and the wall.)
place pick
order 1001 红茶*1@A-01 绿茶*1@B-01 = SF1000000000011
order 1002 白茶*2@C-01 = SF1000000000022
order 1003 小勺*1 = SF1000000000033
wave W1 1001
wave W2 1002 1003
scan picklist W1
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 1
scan tote T001
> ask 到 A-01 拿 红茶 × 1，放进 T001
scan bin A-01
> ask 拿 红茶 × 1，放进 T001
scan 红茶
> ask 到 B-01 拿 绿茶 × 1，放进 T001
scan bin B-01
> ask 拿 绿茶 × 1，放进 T001
scan 绿茶
> ok 拣货完成，1 单都齐了
scan picklist W2
> ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 C-01 拿 白茶 × 2
scan bin C-01
> ask 拿 白茶 × 2
scan ×2
> ok 下一件 × 2
scan 白茶
> ask 拿 小勺 × 1
scan 小勺
> ok 拣货完成，2 单都齐了
cancel 1001
cancel 1002
cancel 1003
place pack
scan tote T001
> stop 已取消，放回 A-01：红茶 × 1；放好扫货位
> print putback-76x130 1001
> no fact parcel_opened
scan bin C-01
> stop 货位不对：应到 A-01
scan bin A-01
> stop 已取消，放回 B-01：绿茶 × 1；放好扫货位
> fact goods_put_back
scan bin B-01
> ok 已放回
scan tote T001
> stop 这个箱或格里没有单
scan 1001
> stop 已取消，不要发：放到退回架
scan 1003
> stop 已取消，放回原处：小勺 × 1；放好扫“确认”
> print putback-76x130 1003
scan OK
> ok 已放回
place wall
scan picklist W2
> ask 请扫商品，放到说的格里
scan 白茶
> stop 已取消，放回 C-01：白茶 × 2；放好扫货位
scan bin C-01
> ok 已放回
> fact goods_put_back
scan 白茶
> stop 这一波不要：白茶，放一边
