# 交接时：没打包的、取消的、临时面单、扫过的，都停，不算进交接单。 (Unpacked, cancelled, temporary, twice: none of them goes along.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
SZ-02 packs 1001
SZ-02 packs 1002
place dock
cancel 1002
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000011
> ok 已出库，第 1 件
scan SF1000000000011
> stop 这单已出库
scan SF1000000000022
> stop 已取消，不要发：放到退回架
scan SF1000000000033
> stop 还没打包，不能出库
scan 红茶
> stop 6901234567892 不是面单：扫包裹上的面单
scan CLOSE
> ok 顺丰交接完成，共 1 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
