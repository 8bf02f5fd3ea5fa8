# 一单一件：领单前取消的不领；领了以后取消的马上拦下。 (Cancelled before and after goods chose it.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
singles W1 1001 1002 1003
cancel 1001
scan 红茶
> print sf-76x130 SF1000000000022
> ask 贴好面单，扫一下：尾号 0022
cancel 1002
> stop 已取消，不要发：放到退回架
> fact parcel_set_aside
scan SF1000000000022
> stop 已取消，不要发：放到退回架
scan 红茶
> print sf-76x130 SF1000000000033
> ask 贴好面单，扫一下：尾号 0033
