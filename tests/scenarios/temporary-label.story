# 顺丰没有回应：打临时面单；号码后来到了，扫临时面单换单。
carrier silent
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ask 取号中，请稍等
wait
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
> warn 临时面单，待换单：贴好扫一下
scan TMP-DB20260215-SF-001001-1
> warn 完成，放到待换单区
> fact parcel_packed
scan TMP-DB20260215-SF-001001-1
> warn 还没有正式单号：放到待换单区
carrier calls back 1001 SF1000000000011
> fact waybill_issued
scan TMP-DB20260215-SF-001001-1
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 换单完成
> fact parcel_relabelled
> fact waybill_voided
scan TMP-DB20260215-SF-001001-1
> stop 面单已作废：撕掉
