# 少了的：验完时自动算缺件；多出来的、没建档的、不是这一单的：错货，放一边，都记下来。 (Missing, surplus and wrong goods.)
return R1 红茶*2 绿茶*1 of 1001 because 少件
place returns
scan R1
> ok 退件 R1 已收
scan 红茶
> ask 红茶 × 1：请扫结论
scan found good
> ok 红茶 × 1：良品
scan 白茶
> warn 错货，放一边：白茶，已记录
> fact return_inspected
scan 6900000000007
> warn 错货，放一边：6900000000007，已记录
> fact return_inspected
scan 红茶箱
> stop 太多了：红茶 只应退 1 件，拆开一件件扫
> no fact return_item_taken
scan hello
> stop 不认识这个码：hello
scan CLOSE
> warn 验退完成，不符：缺 2 件，错 2 件，已报办公室
> fact return_inspected
> fact return_closed
