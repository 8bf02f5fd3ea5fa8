# 严格的仓：退款信息太旧，装车口不放；组长放行到连上中心为止；下次断开要再问。 (Strict: nothing leaves while refunds are old, but by a lead's word for this outage.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
setting strict true
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
scan SF1000000000022
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
scan SF1000000000033
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
place dock
scan SF1000000000011
> ok 已出库，第 4 件
hub away
refunds old
scan SF1000000000022
> stop 退款只知道到 14:02，先别发：等联网，或扫“放行”
> no fact parcel_shipped
> screen ask 请扫面单出库
scan FORCE
> ask 要组长同意：请组长刷工牌
> screen ask 要组长同意：请组长刷工牌
scan badge 李雷
> stop 这不是组长的工牌
scan badge 韩梅梅
> ask 为什么放行？扫原因
> screen ask 为什么放行？扫原因
scan why agreed
> ask 请扫面单出库
> fact lead_allowed
scan SF1000000000022
> ok 已出库，第 5 件
refunds known
hub near
order 1004 红茶*1 = SF1000000000044
scan FORCE
> stop 这里不用这个码
hub away
refunds old
scan SF1000000000033
> stop 退款只知道到 14:02，先别发：等联网，或扫“放行”
refunds known
scan SF1000000000033
> ok 已出库，第 6 件
