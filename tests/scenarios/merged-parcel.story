# 合单：两个订单一个包裹，扫哪个订单号都行；两单的商品都要扫。 (A merged parcel; either order number opens it.)
order 1001 红茶*1 & 1002 红茶*1 绿茶*1 = SF1000000000011
scan 1002
> ask 请扫商品，还差 3 件
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
scan 1001
> stop 这单已打包
