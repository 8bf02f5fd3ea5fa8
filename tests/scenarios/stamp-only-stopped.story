# 只记时间：取消的、挂起的，停。 (Cancelled and held.)
setting stamp_only true
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
cancel 1001
hold 1002 等赠品
scan SF1000000000011
> stop 已取消，不要发：放到退回架
scan SF1000000000022
> stop 已挂起：等赠品
resume 1002
scan SF1000000000022
> ok 完成，顺丰
