# 缺货的那一行退了款：打包台不再说它缺，直接打包；退一件、还缺一件的，只说一件。 (What was short is refunded: nobody waits for it.)
place pick
order 1001 红茶*1@A-01 绿茶*1@A-02 = SF1000000000011
order 1002 红茶*3@B-01 = SF1000000000022
wave W1 1001
wave W2 1002
scan picklist W1
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 1
scan bin A-01
> ask 拿 红茶 × 1
scan 红茶
> ask 到 A-02 拿 绿茶 × 1
scan why short
> warn 缺 1 件：绿茶，已记录
> warn 拣货结束，0 单齐了，1 单缺货：缺的放问题架
scan picklist W2
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 B-01 拿 红茶 × 3
scan bin B-01
> ask 拿 红茶 × 3
scan 红茶
> ok 红茶，还差 2 件
scan why short
> warn 缺 2 件：红茶，已记录
> warn 拣货结束，0 单齐了，1 单缺货：缺的放问题架
revise 1001 红茶*1@A-01 绿茶*1-@A-02
revise 1002 红茶*2@B-01 红茶*1-@B-01
place pack
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
scan SF1000000000022
> stop 拣货时缺：红茶 × 1，放问题架；货到了扫“确认”，不等了扫“放行”
