# 缺货放行以后退了那件：箱里没错，照发；取消了只放回箱里有的。 (Passed without a piece that is refunded then: the box is right.)
order 1001 红茶*2@A-01 = SF1000000000011
order 1002 红茶*2@A-01 = SF1000000000022
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan FORCE
> ask 还缺 红茶 × 1；放行要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么放行？扫原因
scan why short
> ok 完成，顺丰
> fact check_forced
> fact parcel_packed
scan SF1000000000022
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan FORCE
> ask 还缺 红茶 × 1；放行要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么放行？扫原因
scan why short
> ok 完成，顺丰
> fact check_forced
> fact parcel_packed
revise 1001 红茶*1@A-01 红茶*1-@A-01
cancel 1002
scan SF1000000000022
> stop 已取消，放回 A-01：红茶 × 1；放好扫货位
> print putback-76x130 1002
scan bin A-01
> ok 已放回
> fact goods_put_back
place dock
scan SF1000000000011
> ok 已出库，第 3 件
> fact parcel_shipped
