# 装袋就挡住：没打包的、取消的、临时面单的；交接以外不收袋。 (What can't leave doesn't get into a bag, and no bag leaves outside a handover where the dock wants one.)
setting handover true
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
SZ-02 packs 1001
SZ-02 packs 1003
cancel 1003
place dock
scan bag G001
> ask 装袋 G001，已装 0 件：扫包裹，装完再扫袋码
scan SF1000000000022
> stop 还没打包，不能出库
> no fact parcel_bagged
scan SF1000000000033
> stop 已取消，不要发：放到退回架
scan 红茶
> stop 6901234567892 不是面单：扫包裹上的面单
scan SF1000000000011
> ok 已装袋，第 1 件
scan CLOSE
> ok 袋 G001 装好，共 1 件
scan bag G001
> stop 先开交接：扫“开交接”
scan HANDOVER ZTO
> ask 中通交接，已扫 0 件：扫包裹，装完扫“关交接”
scan bag G001
> stop 这是顺丰的，不是中通的：拿下来
> no fact parcel_shipped
scan CLOSE
> ok 中通交接完成，共 0 件
