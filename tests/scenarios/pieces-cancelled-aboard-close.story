# 取消的单还有一箱在车上：关不了交接，撤销拿下来。 (A box of a cancelled parcel aboard: the handover stays open until it is off.)
setting boxes true
carrier answers SF1000000000044 SF1000000000055 SF1000000000066
order 1002 红茶*3@A-01
scan 1002
> ask 请扫商品，还差 3 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan BOX
> ok 这一单分 3 箱，每箱一张面单
scan ×3
> ok 下一件 × 3
scan 红茶
> ask 第 1/3 箱：贴好面单，扫一下：尾号 0044
> print sf-76x130 SF1000000000044
scan SF1000000000044
> ask 第 2/3 箱：贴好面单，扫一下：尾号 0055
> print sf-76x130 SF1000000000055
scan SF1000000000055
> ask 第 3/3 箱：贴好面单，扫一下：尾号 0066
> print sf-76x130 SF1000000000066
scan SF1000000000066
> ok 完成，顺丰
> fact parcel_packed
place dock
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000044
> ask 这一单还有 2 箱没扫
scan SF1000000000055
> ask 这一单还有 1 箱没扫
cancel 1002
scan SF1000000000044
> stop 已取消，不要发：还有 1 箱装了车，尾号 0055，拿下来扫面单
> fact pieces_unloaded
scan CLOSE
> stop 还有 1 箱没扫，不能关：找到扫上；找不到扫“撤销”，把这一单的箱子拿下来
scan UNDO
> ok 尾号 0055 那单拿下来 1 箱，不跟这车走
> fact pieces_unloaded
scan CLOSE
> ok 顺丰交接完成，共 0 件
