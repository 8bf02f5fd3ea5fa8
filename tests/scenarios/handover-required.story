# 装车口只凭交接出库：没开交接，包裹、车牌、“关交接”都停；开了才行。 (A dock where nothing leaves outside a handover.)
setting handover true
order 1001 红茶*1 = SF1000000000011
SZ-02 packs 1001
place dock
scan SF1000000000011
> stop 先开交接：扫“开交接”
> no fact parcel_shipped
scan plate 粤B12345
> stop 先开交接：扫“开交接”
scan CLOSE
> stop 先开交接：扫“开交接”
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000011
> ok 已出库，第 1 件
