# 一部分用箱、一部分一起拣：有箱的跟箱走，墙上不再分。 (A tote and all together on one list: what has a tote goes into it, and is not the wall's.)
place pick
order 1001 红茶*1@A-01 绿茶*1@A-02 = SF1000000000011
order 1002 红茶*1@A-01 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 2
scan tote T001
> ask 到 A-01 拿 红茶 × 1，放进 T001
scan bin A-01
> ask 拿 红茶 × 1，放进 T001
scan 红茶
> ok 放进 T001：红茶，还差 0 件
> ask 到 A-02 拿 绿茶 × 1，放进 T001
scan picklist W1
> warn 拣货单关了，还有 2 单没拣完：再扫拣货单接着拣
> fact pick_ended
scan picklist W1
> ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 1
scan bin A-01
> ask 拿 红茶 × 1
scan 红茶
> warn 拣货单关了，还有 1 单没拣完：再扫拣货单接着拣
> fact pick_ended
scan picklist W1
> ask 只剩有箱的单：扫周转箱 T001 接着拣
scan tote T001
> ask 到 A-02 拿 绿茶 × 1，放进 T001
scan bin A-02
> ask 拿 绿茶 × 1，放进 T001
scan 绿茶
> ok 放进 T001：绿茶，还差 0 件
> ok 拣货完成，2 单都齐了
> fact pick_ended
place wall
scan picklist W1
> ask 请扫商品，放到说的格里
scan 红茶
> ok 1 号格：红茶，这格齐了
scan 绿茶
> stop 不放这里：绿茶，放到 T001
