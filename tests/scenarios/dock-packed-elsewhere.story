# 别的站打包的，消息已经到了：照常出库。 (Packed at another station, heard of.)
order 1001 红茶*1 = SF1000000000011
SZ-02 packs 1001
place dock
scan SF1000000000011
> ok 已出库，第 1 件
> fact parcel_shipped
