# 总部断开：自己台上打开着的、转了异常的，不出库。 (The hub away, what this station itself has open or put aside doesn't leave.)
order 1001 红茶*1 绿茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> ok 完成，顺丰
> fact parcel_packed
revise 1001 红茶*1 绿茶*1-
scan SF1000000000011
> stop 已退款，拿出：绿茶 × 1；拿出来后扫“确认”
> fact parcel_reopened
hub away
place dock
scan SF1000000000011
> stop 已退款，要拿出 绿茶 × 1：到打包台扫它的面单
place pack
scan SKIP
> ask 为什么跳过？扫原因
scan why damaged
> ok 已转异常：放到问题架
> fact parcel_set_aside
place dock
scan SF1000000000011
> stop 还没打包，不能出库
