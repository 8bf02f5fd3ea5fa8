# 交接到一半：总部断开、断电重起，扫过的都在，接着扫、接着关。 (The hub away, a power cut in the middle.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
SZ-02 packs 1001
SZ-02 packs 1002
place dock
hub away
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000011
> ok 已出库，第 1 件
restart
> screen ask 顺丰交接，已扫 1 件：扫包裹，装完扫“关交接”
scan SF1000000000022
> ok 已出库，第 2 件
scan CLOSE
> ok 顺丰交接完成，共 2 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
