# 拣货时取消：没拣的不拣；拣了的马上说放回哪个货位，扫货位确认。 (Cancelled while its goods are fetched.)
place pick
order 1001 红茶*1@A-01 = SF1000000000011
order 1002 红茶*1@A-01 绿茶*1@A-02 = SF1000000000022
order 1003 绿茶*1@A-02 = SF1000000000033
wave W1 1001 1002 1003
scan picklist W1
> ask 共 3 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 2
scan bin A-01
> ask 拿 红茶 × 2
cancel 1002
> ask 拿 红茶 × 1
scan 红茶
> ask 到 A-02 拿 绿茶 × 1
cancel 1001
> stop 已取消，放回 A-01：红茶 × 1；放好扫货位
scan bin A-02
> ask 拿 绿茶 × 1
scan 绿茶
> stop 已取消，放回 A-01：红茶 × 1；放好扫货位
> screen stop 已取消，放回 A-01：红茶 × 1；放好扫货位
scan bin A-02
> stop 已取消，放回 A-01：红茶 × 1；放好扫货位
scan bin A-01
> ok 已放回
> ok 拣货完成，1 单都齐了
> fact goods_put_back
> fact pick_ended
