# 拣货缺的不等了：扫“放行”打开，验完剩下的再请组长。 (Not waiting for what a picker lacked: the rest is counted, then a lead is asked.)
place pick
order 1001 红茶*1@A-01 绿茶*1@A-02 = SF1000000000011
wave W1 1001
scan picklist W1
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 1
scan tote T001
> ask 到 A-01 拿 红茶 × 1，放进 T001
scan bin A-01
> ask 拿 红茶 × 1，放进 T001
scan 红茶
> ok 放进 T001：红茶，还差 0 件
> ask 到 A-02 拿 绿茶 × 1，放进 T001
scan why short
> warn 缺 1 件：绿茶，已记录
> warn 拣货结束，0 单齐了，1 单缺货：缺的放问题架
> fact pick_ended
place pack
scan tote T001
> stop 拣货时缺：绿茶 × 1，放问题架；货到了扫“确认”，不等了扫“放行”
scan FORCE
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan FORCE
> ask 还缺 绿茶 × 1；放行要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么放行？扫原因
scan why short
> ask 贴好面单，扫一下：尾号 0011
> print sf-76x130 SF1000000000011
> fact check_forced
