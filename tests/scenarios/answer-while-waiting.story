# 取号中，号来了：马上打，不等超时；超时那一下什么也不再打。 (The answer comes within the budget.)
carrier silent
order 1001 红茶*1
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> ask 取号中，请稍等
> no print
carrier calls back 1001 SF1000000000011
> print sf-76x130 SF1000000000011
wait
> no print
scan SF1000000000011
> ok 完成，顺丰
