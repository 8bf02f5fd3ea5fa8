# 箱子刚分给一单，那单取消了：空箱给下一单；关了拣货单再扫它，原来的箱接着用。 (A tote whose parcel was cancelled, and one of an earlier round.)
place pick
order 1001 红茶*1@A-01 = SF1000000000011
order 1002 红茶*2@A-01 = SF1000000000022
order 1003 绿茶*1@A-02 = SF1000000000033
wave W1 1001 1002 1003
scan picklist W1
> ask 共 3 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 3
scan tote T001
> ask 到 A-01 拿 红茶 × 1，放进 T001
cancel 1001
> ask 箱里齐了，还有 2 单：扫下一个周转箱
> fact tote_freed
scan tote T001
> ask 到 A-01 拿 红茶 × 2，放进 T001
scan bin A-01
> ask 拿 红茶 × 2，放进 T001
scan 红茶
> ok 放进 T001：红茶，还差 1 件
scan picklist W1
> warn 拣货单关了，还有 2 单没拣完：再扫拣货单接着拣
scan picklist W1
> ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 A-02 拿 绿茶 × 1
scan tote T001
> ask 到 A-01 拿 红茶 × 1，放进 T001
scan tote T002
> ask 到 A-01 拿 红茶 × 1，放进 T001
scan picklist W1
> warn 拣货单关了，还有 2 单没拣完：再扫拣货单接着拣
cancel 1003
scan picklist W1
> ask 只剩有箱的单：扫周转箱 T001 接着拣
scan tote T002
> warn 每单都有箱了：去货位拣货
> fact tote_freed
scan tote T001
> ask 到 A-01 拿 红茶 × 1，放进 T001
scan bin A-01
> ask 拿 红茶 × 1，放进 T001
scan 红茶
> ok 拣货完成，1 单都齐了
