# 合单里一单挂起：整个包裹等它；另一单取消、它恢复，就只做它。 (A held order keeps the parcel; a cancelled one leaves it.)
order 1001 红茶*1 & 1002 绿茶*1 = SF1000000000011
hold 1002 等客服
scan 1001
> stop 已挂起：等客服
cancel 1001
scan 1002
> stop 已挂起：等客服
resume 1002
scan 1002
> ask 请扫商品，还差 1 件
scan 绿茶
> print sf-76x130 SF1000000000011
