# 集包：先装袋，交接时只扫袋码；数对，交接单打两张。 (Parcels are bagged ahead, and the bag's scan hands all of them over.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
SZ-02 packs 1001
SZ-02 packs 1002
SZ-02 packs 1003
place dock
scan bag G001
> ask 装袋 G001，已装 0 件：扫包裹，装完再扫袋码
> screen ask 装袋 G001，已装 0 件：扫包裹，装完再扫袋码
scan SF1000000000011
> ok 已装袋，第 1 件
> fact parcel_bagged
> no fact parcel_shipped
scan SF1000000000011
> stop 已在袋 G001 里
scan SF1000000000022
> ok 已装袋，第 2 件
scan UNDO
> ok 已拿出，袋里还有 1 件
scan UNDO
> warn 没有可撤销的
scan SF1000000000022
> ok 已装袋，第 2 件
scan HANDOVER SF
> stop 袋 G001 还开着：先扫它的码关上
scan bag G002
> stop 袋 G001 还开着：先扫它的码关上
scan bag G001
> ok 袋 G001 装好，共 2 件
> screen ask 请扫面单出库
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000033
> ok 已出库，第 1 件
scan bag G001
> ok 袋 G001 2 件已出库，共 3 件
> fact parcel_shipped
scan CLOSE
> ok 顺丰交接完成，共 3 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
scan SF1000000000011
> stop 这单已出库
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan bag G001
> stop 袋 G001 里没有要发的包裹：要装袋先关交接
scan CLOSE
> ok 顺丰交接完成，共 0 件
scan bag G001
> ask 装袋 G001，已装 0 件：扫包裹，装完再扫袋码
