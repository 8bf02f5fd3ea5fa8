# 交接单没打出来：说清楚；打印机好了，扫“补打”再打两份。 (The sheet isn't printed: REPRINT when the printer is ready.)
order 1001 红茶*1 = SF1000000000011
SZ-02 packs 1001
place dock
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000011
> ok 已出库，第 1 件
printer refuses
scan CLOSE
> ok 顺丰交接完成，共 1 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
> stop 交接单没打全：看打印机，好了扫“补打”
restart
> screen stop 交接单没打全：看打印机，好了扫“补打”
printer ready
scan REPRINT
> ask 正在打印交接单，没出来扫“补打”
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
> screen ask 请扫面单出库
