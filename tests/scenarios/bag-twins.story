# 两站用了同一个袋码：扫袋不发，包裹一件件扫出库。 (Two stations filled bags of one code: their parcels are scanned one by one.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
SZ-02 packs 1001
SZ-02 packs 1002
place dock
scan bag G001
> ask 装袋 G001，已装 0 件：扫包裹，装完再扫袋码
scan SF1000000000011
> ok 已装袋，第 1 件
SZ-02 bags 1002
scan bag G001
> ok 袋 G001 装好，共 1 件
scan bag G001
> stop 袋码 G001 重复，SZ-01、SZ-02 各装了一只：先别整袋发，一件一件扫面单出库，再换掉一张袋码
> no fact parcel_shipped
scan SF1000000000022
> ok 已出库，第 1 件
scan bag G001
> ok 袋 G001 1 件已出库，共 2 件
