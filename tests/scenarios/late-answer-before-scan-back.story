# 临时面单还没贴，正式号到了：扫临时面单就改打正式的，扫正式的才算打包，临时的作废。 (The real number comes before the temporary label's scan-back.)
carrier silent
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ask 取号中，请稍等
wait
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
carrier calls back 1001 SF1000000000011
> fact waybill_issued
scan TMP-DB20260215-SF-001001-1
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
> no fact parcel_packed
scan SF1000000000011
> ok 完成，顺丰
> fact waybill_voided
> fact parcel_packed
scan TMP-DB20260215-SF-001001-1
> stop 面单已作废：撕掉
