# 一车几个箱：先扫几个空箱，一个货位一趟，说放进哪个箱；别的单的箱换一个。 (Several totes on a cart; one that another parcel is in.)
place pick
order 1001 红茶*1@A-01 = SF1000000000011
order 1002 红茶*2@A-01 = SF1000000000022
order 1003 绿茶*1@A-01 = SF1000000000033
wave W1 1001 1002
wave W2 1003
scan picklist W2
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 绿茶 × 1
scan tote T009
> ask 到 A-01 拿 绿茶 × 1，放进 T009
scan bin A-01
> ask 拿 绿茶 × 1，放进 T009
scan 绿茶
> ok 拣货完成，1 单都齐了
scan picklist W1
> ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 3
scan tote T001
> ask 到 A-01 拿 红茶 × 1，放进 T001
scan tote T009
> stop 周转箱 T009 里有别的单：换一个空箱
scan tote T002
> ask 到 A-01 拿 红茶 × 1，放进 T001
scan tote T003
> warn 每单都有箱了：去货位拣货
scan bin A-01
> ask 拿 红茶 × 1，放进 T001
scan 红茶
> ok 放进 T001：红茶，还差 0 件
> ask 拿 红茶 × 2，放进 T002
scan UNDO
> ok 已撤销：红茶，还差 1 件
scan 红茶
> ok 放进 T001：红茶，还差 0 件
scan 红茶
> ok 放进 T002：红茶，还差 1 件
scan 红茶
> ok 拣货完成，2 单都齐了
