# 袋里有挂起的单：拿出来扫了面单，袋照样走。 (A held parcel in a bag: out by its scan, and the bag leaves.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
SZ-02 packs 1001
SZ-02 packs 1002
place dock
scan bag G001
> ask 装袋 G001，已装 0 件：扫包裹，装完再扫袋码
scan SF1000000000011
> ok 已装袋，第 1 件
scan SF1000000000022
> ok 已装袋，第 2 件
scan bag G001
> ok 袋 G001 装好，共 2 件
hold 1002 地址不清
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan bag G001
> stop 袋 G001 里有不能发的，尾号 0022：拿出来，扫它的面单
scan SF1000000000022
> stop 已挂起：地址不清
> fact parcel_unbagged
scan bag G001
> ok 袋 G001 1 件已出库，共 1 件
> fact parcel_shipped
