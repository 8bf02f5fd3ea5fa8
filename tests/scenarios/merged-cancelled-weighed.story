# 合单打包后取消一单：上秤时停；拿出来再打包，重新称，按剩下的商品比重量。 (Stopped at the scale, and weighed anew.)
order 1001 红茶*1 & 1002 绿茶*1 = SF1000000000011
scale 0
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> ok 完成，顺丰
scale 210
scan SF1000000000011
> ok 已称重 0.210 kg
cancel 1002
scan SF1000000000011
> stop 订单改了，拿出：绿茶 × 1；拿好扫“确认”
> no fact parcel_weighed
scan OK
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
scan SF1000000000011
> warn 重量不符：秤上 0.210 kg，应为 0.100 kg，打开看看
