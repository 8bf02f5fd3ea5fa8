# 面单打好、还没扫回，合单里一单取消：扫回时停，拿出它的商品，确认以后再扫面单。 (Cancelled between print and scan-back.)
order 1001 红茶*1 & 1002 绿茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> print sf-76x130 SF1000000000011
cancel 1001
scan SF1000000000011
> stop 订单改了，拿出：红茶 × 1；拿好扫“确认”
> no fact parcel_packed
scan OK
> ask 贴好面单，扫一下：尾号 0011
> fact revision_accepted
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
