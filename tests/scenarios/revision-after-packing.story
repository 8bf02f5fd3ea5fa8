# 打包以后换货：装车口停；打包台扫面单打开，拿出来、扫“确认”，再扫要装的，扫齐了就又打包了。只是要多装的也停。 (Other goods are wanted after packing: it is checked again.)
order 1001 红茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
revise 1001 红茶*1- 绿茶*1
place dock
scan SF1000000000011
> stop 订单改了，要拿出 红茶 × 1，还要装 绿茶 × 1：到打包台扫它的面单
> no fact parcel_shipped
place pack
scan SF1000000000011
> stop 已退款，拿出：红茶 × 1；拿出来后扫“确认”
> fact parcel_reopened
scan OK
> ask 请扫商品，还差 1 件
> ask 订单改了，拿出来：红茶 × 1
> no fact parcel_packed
restart
> screen ask 请扫商品，还差 1 件
scan 红茶
> stop 已退款，拿出来：红茶
scan 绿茶
> ok 完成，顺丰
> fact parcel_packed
> no print
revise 1001 绿茶*2
place dock
scan SF1000000000011
> stop 订单改了，还要装 绿茶 × 1：到打包台扫它的面单
place pack
scan SF1000000000011
> stop 订单改了：绿茶 × 2；看清后扫“确认”
scan OK
> ask 请扫商品，还差 1 件
scan 绿茶
> ok 完成，顺丰
> fact parcel_packed
place dock
scan SF1000000000011
> ok 已出库，第 4 件
