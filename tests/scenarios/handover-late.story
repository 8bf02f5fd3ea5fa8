# 车走了才到的包裹：进下一次交接，单号接着编。 (A late parcel goes with the next driver.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
SZ-02 packs 1001
place dock
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000011
> ok 已出库，第 1 件
scan CLOSE
> ok 顺丰交接完成，共 1 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
SZ-02 packs 1002
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000022
> ok 已出库，第 1 件
scan CLOSE
> ok 顺丰交接完成，共 1 件
> print handover-76x130 bench-1-2
> print handover-76x130 bench-1-2
