# 只记时间：商品在 ERP 里验，这里扫一次面单就算打包，不算验货。 (Stamp only: a waybill's scan packs it.)
setting stamp_only true
order 1001 红茶*2 绿茶*1 = SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
> no fact check_completed
scan SF1000000000011
> stop 这单已打包
