# 顺丰拒绝给号：不等，马上打临时面单。 (SF rejects: a temporary label at once.)
carrier rejects 8114
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
> fact waybill_rejected
scan 红茶
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
> warn 临时面单，待换单：贴好扫一下
scan TMP-DB20260215-SF-001001-1
> warn 完成，放到待换单区
