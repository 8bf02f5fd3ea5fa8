# 后置打单：扫订单、扫商品，最后一件自动打单，扫面单才算打包。
order 1001 红茶*1 绿茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
> no fact parcel_packed
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
