# 面单在别处作废了：装车口停，撕掉；打包台也停。 (A void label, at the dock and at the bench.)
order 1001 红茶*1
carrier answers SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
SZ-02 voids SF1000000000011 of 1001
place dock
scan SF1000000000011
> stop 面单已作废：撕掉
> no fact parcel_shipped
place pack
scan SF1000000000011
> stop 面单已作废：撕掉
