# 取号时停电：重启后还是取号中；时间到了照样打临时面单。 (Power cut while SF is being asked.)
carrier silent
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ask 取号中，请稍等
restart
> screen ask 取号中，请稍等
wait
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
