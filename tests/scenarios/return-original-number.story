# 原单退回（拒收）：扫原来的运单号或订单号，订单的商品都认得；没预约的，退几件都行，不算缺。 (Under the original number, or the order's.)
order 1001 红茶*2 绿茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
return R2 红茶*1 of 1002
place returns
scan SF1000000000011
> ok 退件 RT-SZ-01-bench-1-1 已收
> ask 请扫退货原因
scan why refused
> ok 退货原因：拒收/物流问题
> ask 请扫退回的商品，验完扫“关”
> fact return_claimed
scan 红茶
> ask 红茶 × 1：请扫结论
scan found good
> ok 红茶 × 1：良品
scan 1001
> ok 验退完成，共 1 件，相符
> no fact return_inspected
# 有预约的订单，扫原来的号就是那个预约。
scan SF1000000000022
> ok 退件 R2 已收
> ask 请扫退货原因
scan why quality
> ok 退货原因：质量问题
scan 红茶
> ask 红茶 × 1：请扫结论
scan found damaged
> ok 红茶 × 1：残损
scan CLOSE
> ok 验退完成，共 1 件，相符
