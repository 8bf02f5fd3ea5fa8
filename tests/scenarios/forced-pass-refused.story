# 取消的、挂起的、改了没看的，组长也放不了行；批准只管当班的人，换人作废。 (What no lead may force; another packer must ask anew.)
order 1001 红茶*2 = SF1000000000011
order 1002 红茶*2 = SF1000000000022
order 1003 红茶*2 绿茶*1 = SF1000000000033
scan 1001
> ask 请扫商品，还差 2 件
scan FORCE
> ask 还缺 红茶 × 2；放行要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么放行？扫原因
# 组长刚刷完，订单取消了。
cancel 1001
> stop 已取消，不要发：放到退回架
> fact parcel_set_aside
scan why agreed
> ask 请扫面单或订单
> no fact check_forced
scan 1002
> ask 请扫商品，还差 2 件
scan FORCE
> ask 还缺 红茶 × 2；放行要组长同意：请组长刷工牌
hold 1002 地址不明
> stop 已挂起：地址不明
scan badge 韩梅梅
> ok 韩梅梅，上岗
scan badge 李雷
> ok 李雷，上岗
scan 1003
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
revise 1003 红茶*2
> stop 订单改了：红茶 × 2；看清后扫“确认”
scan FORCE
> stop 订单改了：红茶 × 2；看清后扫“确认”
scan OK
> ask 请扫商品，还差 1 件
scan FORCE
> ask 还缺 红茶 × 1；放行要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么放行？扫原因
scan OUT
> ok 下岗，本班 0 单
scan badge 李雷
> ok 李雷，上岗
> screen ask 请扫商品，还差 1 件
scan why agreed
> ask 请扫商品，还差 1 件
> no fact check_forced
