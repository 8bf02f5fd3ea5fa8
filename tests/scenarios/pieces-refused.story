# 不能加箱的：手上没有单；单号已经有了（随单来的、已经去取的），先打包或跳过。 (Where no box can be added.)
order 1001 红茶*1 绿茶*1 = SF1000000000011
order 1002 红茶*1 绿茶*1
carrier answers SF1000000000022
scan BOX
> stop 先扫面单或订单，再扫商品
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan BOX
> stop 单号已按现在的箱数取了，不能再加箱：没扫完就扫“拆单”，扫完了就跳过
> no fact pieces_counted
scan 绿茶
> print sf-76x130 SF1000000000011
scan BOX
> stop 单号已按现在的箱数取了，不能再加箱：没扫完就扫“拆单”，扫完了就跳过
scan SF1000000000011
> ok 完成，顺丰
scan 1002
> ask 请扫商品，还差 2 件
> fact waybill_requested
scan BOX
> stop 单号已按现在的箱数取了，不能再加箱：没扫完就扫“拆单”，扫完了就跳过
place dock
scan BOX
> stop 这里不用这个码
