# 货位不对、没到货位就扫商品、这里不拣的、多了、整箱太多：都停。 (Wrong bin, no bin, wrong goods, surplus, a carton too many.)
place pick
order 1001 红茶*2@A-01 绿茶*1@A-02 = SF1000000000011
wave W2 1001
scan 红茶
> ask 请扫拣货单开始拣货
scan picklist W9
> stop 没有这张拣货单
scan picklist W2
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 2
scan picklist W9
> stop 先拣完 W2；不拣了，再扫一次它的码
scan 红茶
> stop 先到货位扫码：A-01
> no fact item_picked
scan bin A-02
> stop 货位不对：应到 A-01
scan bin A-01
> ask 拿 红茶 × 2
scan tote T001
> stop 这张单已经一起拣了：不用箱，去货位拣货
scan 绿茶
> stop 这里不拣：绿茶，放回去
scan 红茶箱
> stop 太多了：红茶 只差 2 件
> no fact item_picked
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> ask 到 A-02 拿 绿茶 × 1
scan 红茶
> stop 多了，拿出来：红茶
scan 绿茶
> stop 先到货位扫码：A-02
scan 6901234567000
> stop 不认识这个码：6901234567000
