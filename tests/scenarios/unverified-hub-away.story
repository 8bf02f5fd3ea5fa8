# 断网又没听说过：黄灯记下来，不拦人。 (Unverified: the hub is away.)
hub away
hub knows 1001 红茶*1 = SF1000000000011
scan SF1000000000011
> warn 正在查询，请稍等
> warn 系统没有这一单，已记录：SF1000000000011，像是顺丰的
> fact unverified_scanned
> no fact parcel_opened
