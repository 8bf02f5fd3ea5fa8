# 袋里的合单有一单退了：在打包台拆开，就不在袋里了；扫袋不会把它发走。 (A merged parcel that is opened on a bench lies in no bag any more.)
order 1001 红茶*1 & 1002 绿茶*1 = SF1000000000011
order 1003 红茶*1 = SF1000000000033
SZ-02 packs 1001
SZ-02 packs 1003
SZ-02 bags 1001
SZ-02 bags 1003
cancel 1002
place dock
scan bag G001
> stop 袋 G001 里有不能发的，尾号 0011：拿出来，扫它的面单
place pack
scan SF1000000000011
> stop 订单改了，拿出：绿茶 × 1；拿好扫“确认”
place dock
scan bag G001
> ok 袋 G001 1 件已出库，共 1 件
