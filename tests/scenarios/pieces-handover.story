# 交接少一箱：关不了；找到扫上再关；找不到扫“撤销”，这一单的箱子拿下来，不跟这车走。 (A handover can't close with a box missing.)
setting boxes true
carrier answers SF1000000000011 SF1000000000012 SF1000000000013
order 1001 红茶*1
order 1002 绿茶*1 = SF1000000000022
scan 1001
> ask 请扫商品，还差 1 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan BOX
> ok 这一单分 3 箱，每箱一张面单
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> print sf-76x130 SF1000000000012
scan SF1000000000012
> print sf-76x130 SF1000000000013
scan SF1000000000013
> ok 完成，顺丰
scan SF1000000000022
> ask 请扫商品，还差 1 件
scan 绿茶
> ok 完成，顺丰
place dock
scan UNDO
> stop 这里不用这个码
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000011
> ask 这一单还有 2 箱没扫
scan SF1000000000022
> ok 已出库，第 2 件
scan SF1000000000013
> ask 这一单还有 1 箱没扫
scan CLOSE
> stop 还有 1 箱没扫，不能关：找到扫上；找不到扫“撤销”，把这一单的箱子拿下来
> no fact handover_closed
scan UNDO
> ok 尾号 0013 那单拿下来 2 箱，不跟这车走
> fact pieces_unloaded
scan UNDO
> warn 没有可撤销的
scan CLOSE
> ok 顺丰交接完成，共 1 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000013
> ask 这一单还有 2 箱没扫
scan SF1000000000012
> ask 这一单还有 1 箱没扫
scan SF1000000000011
> ok 已出库，第 3 件
scan CLOSE
> ok 顺丰交接完成，共 3 件
> print handover-76x130 bench-1-2
> print handover-76x130 bench-1-2
