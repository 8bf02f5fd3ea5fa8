# 先打单后验货：面单先扫，商品扫完就算打包，什么也不打印。
order 1001 红茶*2 绿茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 3 件
> fact parcel_opened
scan 红茶
> ok 红茶，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> ok 完成，顺丰
> fact check_completed
> fact parcel_packed
