# 合单里一个订单还没做就取消：少扫它的商品，扫哪个订单号都开得了。 (Cancelled before the check: fewer goods.)
order 1001 红茶*1 & 1002 红茶*1 绿茶*1 = SF1000000000011
cancel 1002
scan 1002
> ask 请扫商品，还差 1 件
scan 绿茶
> stop 已退款，拿出来：绿茶
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
scan 1001
> stop 这单已打包
