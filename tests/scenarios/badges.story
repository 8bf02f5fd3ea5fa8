# 工牌：扫一次上岗，再扫下岗；没上岗什么也不做；别人的工牌直接换人；无效工牌找组长。 (Badge in, out, over, unknown, none.)
order 1001 红茶*1 = SF1000000000011
scan badge 李雷
> ok 下岗，本班 0 单
> fact operator_badged_out
> screen stop 请先刷工牌
scan 1001
> stop 请先刷工牌
> no fact parcel_opened
scan badge ZZZZZZZZ
> stop 工牌无效：找组长补发
scan badge 李雷
> ok 李雷，上岗
scan 1001
> ask 请扫商品，还差 1 件
scan badge 韩梅梅
> ok 韩梅梅，上岗
> fact operator_badged_in
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
scan OUT
> ok 下岗，本班 1 单
