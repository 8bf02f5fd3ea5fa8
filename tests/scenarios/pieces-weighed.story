# 几箱一单的称重：一箱一箱放到秤上，扫这一箱的面单；最后一箱称完，按合计比重量。 (Several boxes are weighed one by one and judged together.)
setting boxes true
carrier answers SF1000000000011 SF1000000000012
order 1001 红茶*3
scale 0
scan 1001
> ask 请扫商品，还差 3 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan ×3
> ok 下一件 × 3
scan 红茶
> print sf-76x130 SF1000000000011
> ask 第 1/2 箱：贴好面单，扫一下：尾号 0011
scan SF1000000000011
> print sf-76x130 SF1000000000012
> ask 第 2/2 箱：贴好面单，扫一下：尾号 0012
scan SF1000000000012
> ok 完成，顺丰
scan SF1000000000012
> ask 已打包：放到秤上，稳定后再扫面单
scale 230
scan SF1000000000012
> ok 这箱 0.230 kg，还有 1 箱没称
> fact piece_weighed
> no fact parcel_weighed
# 放错了箱：同一张再称一次，按后一次算。
scale 220
scan SF1000000000012
> ok 这箱 0.220 kg，还有 1 箱没称
> fact piece_weighed
# 扫订单号不知道是哪一箱。
scan 1001
> stop 这里只扫包裹上的面单
> no fact piece_weighed
restart
scale 120
scan SF1000000000011
> ok 已称重 0.340 kg
> fact piece_weighed
> fact parcel_weighed
scan SF1000000000011
> stop 这单已打包
# 退了一件：打开、拿出、再打包，每箱重新称，合计不符就说。
revise 1001 红茶*2 红茶*1-
scan SF1000000000011
> stop 已退款，拿出：红茶 × 1；拿出来后扫“确认”
scan OK
> ask 第 1/2 箱：贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
scale 50
scan SF1000000000011
> ok 这箱 0.050 kg，还有 1 箱没称
scale 60
scan SF1000000000012
> warn 重量不符：秤上 0.110 kg，应为 0.200 kg，打开看看
