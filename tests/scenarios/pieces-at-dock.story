# 几箱的单，装车口每箱都要扫，最后一箱扫了才算出库；扫过的不算第二箱，临时取消也不出库。 (Each box is scanned out; the parcel is shipped with the last.)
setting boxes true
carrier answers SF1000000000011 SF1000000000012
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan BOX
> ok 这一单分 2 箱，每箱一张面单
scan 红茶
> print sf-76x130 SF1000000000011
place dock
scan SF1000000000012
> stop 还没打包，不能出库
place pack
scan SF1000000000011
> print sf-76x130 SF1000000000012
scan SF1000000000012
> ok 完成，顺丰
place dock
scan SF1000000000012
> ask 这一单还有 1 箱没扫
> fact piece_loaded
> no fact parcel_shipped
scan SF1000000000012
> stop 这一箱扫过了，这一单还有 1 箱没扫
scan DB20260215-SF-001001
> stop 这里只扫包裹上的面单
scan SF1000000000011
> ok 已出库，第 2 件
> fact parcel_shipped
scan SF1000000000012
> stop 这单已出库
