# 收错了就撤：没预约的撤了也不留，断电重起也不回来；验过又重开的撤不了。 (What arrived by mistake is taken back; what was inspected once isn't.)
order 1001 红茶*2 = SF1000000000011
return R2 绿茶*1 of 1002 because 质量问题
place returns
scan SF1000000000011
> ok 退件 RT-SZ-01-bench-1-1 已收
scan UNDO
> ok 已撤销收件 RT-SZ-01-bench-1-1
> ask 请扫退件：退货单号、运单号或订单号
> fact return_withdrawn
restart
> screen ask 请扫退件：退货单号、运单号或订单号
scan R2
> ok 退件 R2 已收
scan CLOSE
> warn 验退完成，不符：缺 1 件，错 0 件，已报办公室
scan REOPEN
> ask 要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么重开退件？扫原因
scan why other
> ok 退件 R2 已收
scan UNDO
> warn 没有可撤销的
> no fact return_withdrawn
