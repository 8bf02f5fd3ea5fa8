# 换过单的临时面单：装车口说撕掉，不再叫换单。 (The temporary label of a relabelled parcel is to be torn.)
order 1001 红茶*1
carrier silent
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ask 取号中，请稍等
wait
> warn 临时面单，待换单：贴好扫一下
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
> no fact parcel_packed
scan TMP-DB20260215-SF-001001-1
> warn 完成，放到待换单区
> fact parcel_packed
carrier calls back 1001 SF1000000000011
scan TMP-DB20260215-SF-001001-1
> ask 贴好面单，扫一下：尾号 0011
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 换单完成
place dock
scan TMP-DB20260215-SF-001001-1
> stop 面单已作废：撕掉
