# 装了一箱又退了一件：打开再打包，两箱重新装车，件数不多算。 (A loaded box comes back to be opened: it is counted once.)
setting boxes true
carrier answers SF1000000000011 SF1000000000012
order 1001 红茶*2
scan 1001
> ask 请扫商品，还差 2 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan ×2
> ok 下一件 × 2
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
revise 1001 红茶*1 红茶*1-
place pack
scan SF1000000000011
> stop 已退款，拿出：红茶 × 1；拿出来后扫“确认”
scan OK
> ask 第 1/2 箱：贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
place dock
scan SF1000000000011
> ask 这一单还有 1 箱没扫
scan SF1000000000012
> ok 已出库，第 2 件
scan CLOSE
> ok 顺丰交接完成，共 2 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
