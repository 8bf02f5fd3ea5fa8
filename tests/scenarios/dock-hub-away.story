# 断网时装车口扫到本站没见打包的：黄灯，先记出库，不耽误装车。 (Hub away: amber, recorded.)
order 1001 红茶*1 = SF1000000000011
hub away
place dock
scan SF1000000000011
> warn 正在查询，请稍等
> warn 已记录出库，查不到打包记录
> fact parcel_shipped
