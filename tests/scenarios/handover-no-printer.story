# 装车口没有打印机：交接照关，交接单到办公室打。 (No printer at the dock.)
setting printer none
order 1001 红茶*1 = SF1000000000011
SZ-02 packs 1001
place dock
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000011
> ok 已出库，第 1 件
scan CLOSE
> warn 这里没有能打交接单的打印机：到办公室打
> ok 顺丰交接完成，共 1 件
> no print
