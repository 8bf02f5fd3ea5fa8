# 一单一件：顺丰不通，先打临时面单，不耽误。 (No number from SF: a temporary label.)
order 1001 红茶*1
singles W1 1001
carrier silent
scan 红茶
> ask 取号中，请稍等
wait
> print sf-76x130-temporary TMP-DB20260215-SF-001001-1
> warn 临时面单，待换单：贴好扫一下
scan TMP-DB20260215-SF-001001-1
> warn 完成，放到待换单区
