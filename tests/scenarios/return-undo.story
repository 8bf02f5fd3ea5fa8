# 撤销：先撤“×N”，再撤手上没说结论的，再撤上一个结论，最后撤收件：当没收过，再扫再收。 (Undo, to the arrival itself.)
return R1 红茶*3 of 1001 because 质量问题
place returns
scan R1
> ok 退件 R1 已收
scan ×3
> ok 下一件 × 3
scan UNDO
> ok 下一件 × 1
scan 红茶
> ask 红茶 × 1：请扫结论
scan UNDO
> ok 已撤销：红茶
> ask 请扫退回的商品，还差 3 件，验完扫“关”
> fact return_item_put_back
scan 红茶
> ask 红茶 × 1：请扫结论
scan found damaged
> ok 红茶 × 1：残损
scan UNDO
> ok 已撤销：T01
> fact return_uninspected
scan UNDO
> ok 已撤销收件 R1
> ask 请扫退件：退货单号、运单号或订单号
> fact return_withdrawn
scan UNDO
> stop 先扫退件上的单号，没有单号扫“无单号”
scan R1
> ok 退件 R1 已收
scan CLOSE
> warn 验退完成，不符：缺 3 件，错 0 件，已报办公室
