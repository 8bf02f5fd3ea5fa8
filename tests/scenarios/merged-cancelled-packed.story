# 合单打包以后取消一单：装车口停；打包台扫面单重新打开，说出拿什么，拿好扫“确认”，再扫面单就又打包了，面单不换。 (Cancelled after packing: opened again by its label.)
order 1001 红茶*1 & 1002 绿茶*2 说明书*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan ×2
> ok 下一件 × 2
scan 绿茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
cancel 1002
place dock
scan SF1000000000011
> stop 订单改了，要拿出 绿茶 × 2、说明书 × 1：到打包台扫它的面单
> no fact parcel_shipped
place pack
# 订单号不能证明箱子在手上。
scan 1001
> stop 订单改了，要拿出 绿茶 × 2、说明书 × 1：到打包台扫它的面单
> no fact parcel_reopened
scan SF1000000000011
> stop 订单改了，拿出：绿茶 × 2、说明书 × 1；拿好扫“确认”
> fact parcel_reopened
scan SF1000000000011
> stop 订单改了，拿出：绿茶 × 2、说明书 × 1；拿好扫“确认”
> screen stop 订单改了，拿出：绿茶 × 2、说明书 × 1；拿好扫“确认”
place dock
scan SF1000000000011
> stop 订单改了，要拿出 绿茶 × 2、说明书 × 1：到打包台扫它的面单
place pack
scan OK
> ask 贴好面单，扫一下：尾号 0011
> fact revision_accepted
> fact item_unchecked
> no fact check_completed
> no print
scan 绿茶
> stop 已退款，拿出来：绿茶
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
> no print
place dock
scan SF1000000000011
> ok 已出库，第 3 件
> fact parcel_shipped
