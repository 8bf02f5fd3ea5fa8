# 打开的箱子，确认之前又退了一行、又退了一单：重新说拿什么，“确认”只管说过的。 (What changes while a box is open is said anew.)
order 1001 红茶*1 绿茶*1 白茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
scan 绿茶
> ok 绿茶，还差 1 件
scan 白茶
> ok 完成，顺丰
revise 1001 红茶*1 绿茶*1- 白茶*1
scan SF1000000000011
> stop 已退款，拿出：绿茶 × 1；拿出来后扫“确认”
revise 1001 红茶*1- 绿茶*1- 白茶*1
> stop 已退款，拿出：红茶 × 1、绿茶 × 1；拿出来后扫“确认”
scan OK
> ask 贴好面单，扫一下：尾号 0011
# 面单不是这里打的：补打不算打包。
scan REPRINT
> warn 没有可补打的面单
> no fact parcel_packed
scan SF1000000000011
> ok 完成，顺丰
> fact parcel_packed
