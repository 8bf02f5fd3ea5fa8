# 补打：别处正在做的、已取消的，都不打。 (No reprint of what another place has in hand, or of what is cancelled.)
order 1001 红茶*1 绿茶*1 = SF1000000000011
bench-2 scans badge 韩梅梅
> ok 韩梅梅，上岗
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> ask 贴好面单，扫一下：尾号 0011
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
revise 1001 红茶*1 绿茶*1-
bench-2 scans SF1000000000011
> stop 已退款，拿出：绿茶 × 1；拿出来后扫“确认”
> fact parcel_reopened
scan REPRINT
> warn 没有可补打的面单
> no fact parcel_packed
> no print
bench-2 scans OK
> ask 贴好面单，扫一下：尾号 0011
bench-2 scans SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
cancel 1001
scan REPRINT
> stop 已取消，不要发：放到退回架
> no fact parcel_packed
> no print
scan SF1000000000011
> stop 已取消，放回原处：红茶 × 1；放好扫“确认”
> print putback-76x130 1001
> fact label_discarded
scan OK
> ok 已放回
> fact goods_put_back
