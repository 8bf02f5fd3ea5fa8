# 一箱装了车才取消：说哪箱还在车上，拿下来扫了才放回。 (Cancelled with a box aboard: it comes off before the goods go back.)
setting boxes true
carrier answers SF1000000000011 SF1000000000012
order 1001 红茶*2@A-01
scan 1001
> ask 请扫商品，还差 2 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan ×2
> ok 下一件 × 2
scan 红茶
> ask 第 1/2 箱：贴好面单，扫一下：尾号 0011
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ask 第 2/2 箱：贴好面单，扫一下：尾号 0012
> print sf-76x130 SF1000000000012
scan SF1000000000012
> ok 完成，顺丰
> fact parcel_packed
place dock
scan SF1000000000011
> ask 这一单还有 1 箱没扫
cancel 1001
scan SF1000000000012
> stop 已取消，不要发：还有 1 箱装了车，尾号 0011，拿下来扫面单
place pack
scan SF1000000000012
> stop 已取消，不要发：还有 1 箱装了车，尾号 0011，拿下来扫面单
scan SF1000000000011
> stop 已取消，放回 A-01：红茶 × 2；放好扫货位
> print putback-76x130 1001
> fact pieces_unloaded
> fact label_discarded
scan bin A-01
> ok 已放回
> fact goods_put_back
