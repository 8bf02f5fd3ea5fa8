# 别人把剩下的打包了、拣完了：拣货单自己结束，或说扫拣货单结束。 (Others took the rest: the list ends, or says how.)
place pick
order 1001 红茶*1@A-01 绿茶*1@A-02 = SF1000000000011
order 1002 红茶*1@A-01 绿茶*1@A-02 = SF1000000000022
wave W1 1001
wave W2 1002
scan picklist W1
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 1
scan bin A-01
> ask 拿 红茶 × 1
scan 红茶
> ask 到 A-02 拿 绿茶 × 1
SZ-02 opens 1001
> ok 拣货完成，0 单都齐了
> fact pick_ended
bench-2 scans badge 韩梅梅
> ok 韩梅梅，上岗
scan picklist W2
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 1
scan bin A-01
> ask 拿 红茶 × 1
scan 红茶
> ask 到 A-02 拿 绿茶 × 1
bench-2 scans picklist W2
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-02 拿 绿茶 × 1
bench-2 scans bin A-02
> ask 拿 绿茶 × 1
bench-2 scans 绿茶
> ok 拣货完成，1 单都齐了
> fact pick_ended
scan 绿茶
> stop 这里不拣：绿茶，放回去
scan bin A-02
> stop 这里不用这个码
scan OK
> ok 拣货完成，1 单都齐了
> fact pick_ended
