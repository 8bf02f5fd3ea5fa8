# 装错袋：在另一只袋开着时扫它，就换到这只袋；退款的在打包台作废，也就不在袋里了。 (A parcel moves to the bag it is scanned for; one whose label was torn lies in none.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
SZ-02 packs 1001
SZ-02 packs 1002
SZ-02 bags 1001
SZ-02 bags 1002
place dock
scan bag G002
> ask 装袋 G002，已装 0 件：扫包裹，装完再扫袋码
scan SF1000000000011
> ok 已装袋，第 1 件
> fact parcel_unbagged
> fact parcel_bagged
scan bag G002
> ok 袋 G002 装好，共 1 件
cancel 1002
place pack
scan SF1000000000022
> stop 已取消，放回原处：红茶 × 1；放好扫“确认”
> print putback-76x130 1002
> fact parcel_unbagged
place dock
scan bag G001
> ask 装袋 G001，已装 0 件：扫包裹，装完再扫袋码
scan bag G001
> ok 袋 G001 装好，共 0 件
scan bag G002
> ok 袋 G002 1 件已出库，共 1 件
