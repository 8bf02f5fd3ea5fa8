# 临时面单到了装车口：停，先换单。 (A temporary label can't ship.)
carrier silent
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ask 取号中，请稍等
wait
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
scan TMP-DB20260215-SF-001001-1
> warn 完成，放到待换单区
place dock
scan TMP-DB20260215-SF-001001-1
> stop 临时面单不能出库：先换单
> no fact parcel_shipped
