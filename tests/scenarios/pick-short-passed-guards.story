# 拣货缺的扫“放行”：别处打包了的、在做的、取消的照样停；面单扫过就不再打。 (Not waiting for a short pick opens nothing that is packed, in hand elsewhere or cancelled, and prints no second label.)
place pick
order 1001 红茶*1@A-01 绿茶*1@A-02 = SF1000000000011
order 1002 红茶*1@A-01 绿茶*1@A-02 = SF1000000000022
order 1003 红茶*1@A-01 绿茶*1@A-02 = SF1000000000033
order 1004 红茶*1@A-01 绿茶*1@A-02 = SF1000000000044
wave W1 1001 1002 1003 1004
scan picklist W1
> ask 共 4 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 4
scan bin A-01
> ask 拿 红茶 × 4
scan ×4
> ok 下一件 × 4
scan 红茶
> ask 到 A-02 拿 绿茶 × 4
scan why short
> warn 缺 4 件：绿茶，已记录
> warn 拣货结束，0 单齐了，4 单缺货：缺的放问题架
> fact pick_ended
place pack
scan SF1000000000011
> stop 拣货时缺：绿茶 × 1，放问题架；货到了扫“确认”，不等了扫“放行”
SZ-02 packs 1001
scan FORCE
> stop 这单已打包
scan SF1000000000022
> stop 拣货时缺：绿茶 × 1，放问题架；货到了扫“确认”，不等了扫“放行”
SZ-02 opens 1002
scan FORCE
> stop 这单正在 SZ-02 bench-9 做
scan SF1000000000033
> stop 拣货时缺：绿茶 × 1，放问题架；货到了扫“确认”，不等了扫“放行”
cancel 1003
scan OK
> stop 已取消，放回 A-01：红茶 × 1；放好扫货位
> print putback-76x130 1003
scan SF1000000000044
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
> ok 完成，顺丰
> fact check_forced
> fact parcel_packed
