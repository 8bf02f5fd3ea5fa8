# 一个码既是商品条码又是订单号：不猜，请改扫面单。 (One code, two meanings: ask.)
order 6901234567892 绿茶*1 = SF1000000000011
scan 6901234567892
> warn 一码多义，改扫面单：T01 / tmall-6901234567892-1
> no fact parcel_opened
scan SF1000000000011
> ask 请扫商品，还差 1 件
