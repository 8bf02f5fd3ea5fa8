# 缺货放行以后改了别的：只拿出改的，缺的不再要。 (Passed without a piece, another change asks for that one no more.)
order 1001 红茶*2@A-01 绿茶*1@A-02 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan 绿茶
> ok 绿茶，还差 1 件
scan FORCE
> ask 还缺 红茶 × 1；放行要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么放行？扫原因
scan why short
> ok 完成，顺丰
> fact check_forced
> fact parcel_packed
revise 1001 红茶*2@A-01 绿茶*1-@A-02
place dock
scan SF1000000000011
> stop 已退款，要拿出 绿茶 × 1：到打包台扫它的面单
place pack
scan SF1000000000011
> stop 已退款，拿出：绿茶 × 1；拿出来后扫“确认”
> fact parcel_reopened
scan OK
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
place dock
scan SF1000000000011
> ok 已出库，第 3 件
> fact parcel_shipped
