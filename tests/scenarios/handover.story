# 交接：扫“开交接”、车牌，扫包裹，装完扫“关交接”，打两份交接单。 (A handover: opened, loaded, closed, its sheet printed twice.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
SZ-02 packs 1001
SZ-02 packs 1002
place dock
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
> fact handover_opened
scan plate 粤B12345
> ok 车牌 粤B12345
scan SF1000000000011
> ok 已出库，第 1 件
> screen ask 顺丰交接，已扫 1 件：扫包裹，装完扫“关交接”
scan SF1000000000022
> ok 已出库，第 2 件
> fact parcel_shipped
scan CLOSE
> ok 顺丰交接完成，共 2 件
> fact handover_closed
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
> screen ask 请扫面单出库
