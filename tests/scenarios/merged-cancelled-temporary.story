# 合单贴着临时面单时取消一单：先拿出来；正式号已经到了，就换成正式的。 (Under a temporary label.)
order 1001 红茶*1 & 1002 绿茶*1
carrier silent
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> ask 取号中，请稍等
wait
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
scan TMP-DB20260215-SF-001001-1
> warn 完成，放到待换单区
carrier calls back 1001 SF1000000000099
cancel 1002
scan TMP-DB20260215-SF-001001-1
> stop 订单改了，拿出：绿茶 × 1；拿好扫“确认”
> no print
scan OK
> print sf-76x130 SF1000000000099
scan SF1000000000099
> ok 完成，顺丰
> fact waybill_voided
