# 重开退件：要组长刷工牌、说原因；缺件重新算。 (Opening again takes a lead; what was missing is counted anew.)
return R1 红茶*2 of 1001 because 质量问题
place returns
scan REOPEN
> warn 没有可重开的退件
scan R1
> ok 退件 R1 已收
scan 红茶
> ask 红茶 × 1：请扫结论
scan found good
> ok 红茶 × 1：良品
scan CLOSE
> warn 验退完成，不符：缺 1 件，错 0 件，已报办公室
scan REOPEN
> ask 要组长同意：请组长刷工牌
scan UNDO
> ask 请扫退件：退货单号、运单号或订单号
scan REOPEN
> ask 要组长同意：请组长刷工牌
scan badge 李雷
> stop 这不是组长的工牌
scan badge 韩梅梅
> ask 为什么重开退件？扫原因
> screen ask 为什么重开退件？扫原因
scan why found
> ok 退件 R1 已收
> ask 请扫退回的商品，还差 1 件，验完扫“关”
> fact return_reopened
scan 红茶
> ask 红茶 × 1：请扫结论
scan found good
> ok 红茶 × 1：良品
scan R1
> ok 验退完成，共 2 件，相符
> no fact return_inspected
