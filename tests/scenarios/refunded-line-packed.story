# 打包以后退一行：装车口停，说拿什么；打包台扫面单打开，拿出来扫“确认”，再扫面单又打包了，面单不换。打包前退的不再说。 (A line refunded after packing: it comes out before the parcel leaves.)
order 1001 红茶*3 说明书*1 绿茶*1- = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 3 件
scan ×3
> ok 下一件 × 3
scan 红茶
> ok 完成，顺丰
revise 1001 红茶*1 红茶*2- 说明书*1- 绿茶*1-
place dock
scan SF1000000000011
> stop 已退款，要拿出 红茶 × 2、说明书 × 1：到打包台扫它的面单
> no fact parcel_shipped
place pack
scan SF1000000000011
> stop 已退款，拿出：红茶 × 2、说明书 × 1；拿出来后扫“确认”
> fact parcel_reopened
restart
> screen stop 已退款，拿出：红茶 × 2、说明书 × 1；拿出来后扫“确认”
scan OK
> ask 贴好面单，扫一下：尾号 0011
> fact revision_accepted
> fact item_unchecked
> no print
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
> no print
# 改了别的、货没变：照发。
revise 1001 绿茶*1- 红茶*1 红茶*2- 说明书*1-
place dock
scan SF1000000000011
> ok 已出库，第 3 件
