# 缺货：扫“缺货”，最后的单缺；打包台一开那一单就停，货到了扫“确认”，不等了扫“放行”；补了货再扫拣货单，只拣缺的。 (Short picks, seen at the bench; the goods come.)
place pick
order 1001 红茶*1@A-01 = SF1000000000011
order 1002 红茶*2@A-01 = SF1000000000022
order 1003 红茶*1@A-01 绿茶*1@A-02 = SF1000000000033
wave W1 1001 1002 1003
scan picklist W1
> ask 共 3 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 4
scan bin A-01
> ask 拿 红茶 × 4
scan 红茶
> ok 红茶，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan why short
> warn 缺 2 件：红茶，已记录
> ask 到 A-02 拿 绿茶 × 1
> fact pick_short
scan bin A-02
> ask 拿 绿茶 × 1
scan 绿茶
> warn 拣货结束，1 单齐了，2 单缺货：缺的放问题架
place pack
scan 1001
> ask 请扫商品，还差 1 件
scan SKIP
> ask 为什么跳过？扫原因
scan why short
> ok 已转异常：放到问题架
scan SF1000000000022
> stop 拣货时缺：红茶 × 1，放问题架；货到了扫“确认”，不等了扫“放行”
> no fact parcel_opened
scan SF1000000000022
> stop 拣货时缺：红茶 × 1，放问题架；货到了扫“确认”，不等了扫“放行”
scan OK
> ask 请扫面单或订单
> fact missing_goods_came
scan SF1000000000022
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> ok 完成，顺丰
place pick
scan picklist W1
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 1
scan bin A-01
> ask 拿 红茶 × 1
scan 红茶
> ok 拣货完成，1 单都齐了
> fact parcel_picked
place pack
scan SF1000000000033
> ask 请扫商品，还差 2 件
