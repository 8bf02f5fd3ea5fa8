# 一单一箱：扫空箱给最急的一单，齐了换下一箱；打包台扫箱就打单。 (A tote for each parcel, packed at a bench from there.)
place pack
order 1001 红茶*2@A-01 = SF1000000000011
order 1002 红茶*1@A-01 绿茶*1@B-01 = SF1000000000022
wave W1 1001 1002
place pick
scan picklist W1
> ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 3
scan tote T001
> ask 到 A-01 拿 红茶 × 2，放进 T001
> fact tote_lent
scan bin A-01
> ask 拿 红茶 × 2，放进 T001
scan 红茶
> ok 放进 T001：红茶，还差 1 件
scan 红茶
> ok 放进 T001：红茶，还差 0 件
> ask 箱里齐了，还有 1 单：扫下一个周转箱
> fact parcel_picked
scan tote T001
> ask 箱里齐了，还有 1 单：扫下一个周转箱
scan tote T002
> ask 拿 红茶 × 1，放进 T002
scan 红茶
> ok 放进 T002：红茶，还差 0 件
> ask 到 B-01 拿 绿茶 × 1，放进 T002
scan bin B-01
> ask 拿 绿茶 × 1，放进 T002
scan 绿茶
> ok 放进 T002：绿茶，还差 0 件
> ok 拣货完成，2 单都齐了
place pack
scan tote T001
> ask 请扫商品，还差 2 件
scan ×2
> ok 下一件 × 2
scan 红茶
> print sf-76x130 SF1000000000011
