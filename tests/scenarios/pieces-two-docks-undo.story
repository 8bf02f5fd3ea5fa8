# 两个装车口各装几箱：撤销、关交接只管自己车上的。 (Boxes at two docks: UNDO takes off its own, and each sheet counts its own.)
setting boxes true
carrier answers SF1000000000011 SF1000000000012 SF1000000000013
order 1001 红茶*1
order 1002 绿茶*1 = SF1000000000022
SZ-02 packs 1002
scan 1001
> ask 请扫商品，还差 1 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan BOX
> ok 这一单分 3 箱，每箱一张面单
scan 红茶
> ask 第 1/3 箱：贴好面单，扫一下：尾号 0011
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ask 第 2/3 箱：贴好面单，扫一下：尾号 0012
> print sf-76x130 SF1000000000012
scan SF1000000000012
> ask 第 3/3 箱：贴好面单，扫一下：尾号 0013
> print sf-76x130 SF1000000000013
scan SF1000000000013
> ok 完成，顺丰
> fact parcel_packed
place dock
bench-2 scans badge 韩梅梅
> ok 韩梅梅，上岗
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
bench-2 scans HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000022
> ok 已出库，第 1 件
> fact parcel_shipped
scan SF1000000000011
> ask 这一单还有 2 箱没扫
bench-2 scans SF1000000000012
> ask 这一单还有 1 箱没扫
scan UNDO
> ok 尾号 0011 那单拿下来 1 箱，不跟这车走
> fact pieces_unloaded
scan CLOSE
> ok 顺丰交接完成，共 1 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
bench-2 scans SF1000000000013
> ask 这一单还有 1 箱没扫
bench-2 scans SF1000000000011
> ok 已出库，第 3 件
> fact parcel_shipped
bench-2 scans CLOSE
> ok 顺丰交接完成，共 3 件
> print handover-76x130 bench-2-1
> print handover-76x130 bench-2-1
