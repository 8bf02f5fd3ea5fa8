# 装车口扫到系统没有的单：黄灯记下来；商品条码和订单号不能出库。 (A parcel nobody knows, goods and order numbers at the dock.)
order 10000001 红茶*1 = SF1000000000011
place dock
scan SF9999999999999
> warn 正在查询，请稍等
> warn 系统没有这一单，已记录：SF9999999999999，像是顺丰的
> fact unverified_scanned
scan 红茶
> stop 6901234567892 不是面单：扫包裹上的面单
scan 10000001
> stop 10000001 不是面单：扫包裹上的面单
> no fact parcel_shipped
