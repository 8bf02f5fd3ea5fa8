# 缺一件，组长放行：扫“放行”、组长刷工牌、说原因，按现有的打单；当班的人不换。 (A lead lets a parcel pass; what was missing is remembered.)
order 1001 红茶*2 绿茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
scan FORCE
> stop 先扫面单或订单，再扫商品
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan FORCE
> ask 还缺 红茶 × 1、绿茶 × 1；放行要组长同意：请组长刷工牌
> screen ask 还缺 红茶 × 1、绿茶 × 1；放行要组长同意：请组长刷工牌
# 没有工牌，原因不算。
scan why agreed
> ask 还缺 红茶 × 1、绿茶 × 1；放行要组长同意：请组长刷工牌
> no fact check_forced
scan badge 李雷
> stop 这不是组长的工牌
> no fact operator_badged_out
scan 绿茶
> ask 还缺 红茶 × 1、绿茶 × 1；放行要组长同意：请组长刷工牌
> no fact item_checked
scan UNDO
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan FORCE
> ask 还缺 绿茶 × 1；放行要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么放行？扫原因
> no fact operator_badged_in
scan why agreed
> fact check_forced
> fact check_completed
> print sf-76x130 SF1000000000011
scan FORCE
> ask 贴好面单，扫一下：尾号 0011
> no fact place_asked
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
# 先打单后验货的，面单已经在上面，什么也不再打。
scan SF1000000000022
> ask 请扫商品，还差 1 件
scan FORCE
> ask 还缺 红茶 × 1；放行要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么放行？扫原因
scan why counted
> ok 完成，顺丰
> fact check_forced
> fact parcel_packed
scan OUT
> ok 下岗，本班 2 单
