# 没打包就到了装车口：问过总部也没有打包记录，停。 (Not packed: the hub has no packing either.)
order 1001 红茶*1 = SF1000000000011
place dock
scan SF1000000000011
> warn 正在查询，请稍等
> stop 还没打包，不能出库
> no fact parcel_shipped
