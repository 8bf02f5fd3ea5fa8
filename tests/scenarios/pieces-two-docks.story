# 两箱从两个装车口走：另一箱在别处扫了，这里不再等。 (Two boxes leave by two docks: neither waits for the other.)
setting boxes true
carrier answers SF1000000000011 SF1000000000012
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> print sf-76x130 SF1000000000012
scan SF1000000000012
> ok 完成，顺丰
place dock
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000011
> ask 这一单还有 1 箱没扫
SZ-02 ships 1001
restart
scan CLOSE
> ok 顺丰交接完成，共 1 件
> fact handover_closed
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
