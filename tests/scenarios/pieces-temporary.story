# 顺丰不通：每箱一张临时面单；号码到了，扫任一张临时面单，一箱一箱换成正式的，都换完才算换单。 (A temporary label for each box, replaced box by box.)
setting boxes true
carrier silent
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan 红茶
> ask 取号中，请稍等
wait
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
scan TMP-DB20260215-SF-001001-1
> print sf-76x130-temporary TMP-DB20260215-SF-001001-2-X
> no fact parcel_packed
scan TMP-DB20260215-SF-001001-2-X
> warn 完成，放到待换单区
> fact parcel_packed
place dock
scan TMP-DB20260215-SF-001001-2-X
> stop 临时面单不能出库：先换单
place pack
scan TMP-DB20260215-SF-001001-2-X
> warn 还没有正式单号：放到待换单区
carrier calls back 1001 SF1000000000011 SF1000000000012
> fact pieces_numbered
scan TMP-DB20260215-SF-001001-2-X
> print sf-76x130 SF1000000000011
scan SF1000000000011
> print sf-76x130 SF1000000000012
> no fact parcel_relabelled
scan SF1000000000012
> ok 换单完成
> fact parcel_relabelled
scan TMP-DB20260215-SF-001001-2-X
> stop 面单已作废：撕掉
place dock
scan SF1000000000012
> ask 这一单还有 1 箱没扫
scan SF1000000000011
> ok 已出库，第 2 件
