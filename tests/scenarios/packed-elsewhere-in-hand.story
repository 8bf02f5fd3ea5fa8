# 手上这单，别的站刚刚打包了：马上停，放到问题架，绝不打第二张面单。 (Packed elsewhere while in hand here.)
order 1001 红茶*2 = SF1000000000011
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
SZ-02 packs 1001
> stop 这单已打包
> fact parcel_set_aside
> screen ask 请扫面单或订单
