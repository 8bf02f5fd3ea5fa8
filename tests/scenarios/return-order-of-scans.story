# 顺序错了就停：没扫单号先扫商品、没扫商品先扫结论、没说结论又扫一件、没扫原因就关、别的原因。 (Whatever comes too early stops.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
place returns
scan 红茶
> stop 先扫退件上的单号，没有单号扫“无单号”
scan CLOSE
> stop 先扫退件上的单号，没有单号扫“无单号”
scan found good
> stop 先扫退件上的单号，没有单号扫“无单号”
scan SF1000000000011
> ok 退件 RT-SZ-01-bench-1-1 已收
scan SF1000000000022
> stop 先验完手上的退件 RT-SZ-01-bench-1-1，验完扫“关”
scan found good
> stop 先扫商品，再扫结论
scan 红茶
> ask 红茶 × 1：请扫结论
scan 红茶
> stop 先扫 红茶 的结论
scan CLOSE
> stop 先扫 红茶 的结论
scan 2060-08-01
> ask 红茶 × 1，效期 2060-08-01：请扫结论
> fact return_expiry_noted
scan found good
> ok 红茶 × 1：良品
scan CLOSE
> stop 还没扫退货原因：先扫原因再关
scan why torn
> stop 这不是退货原因：扫退货台指令单上的
scan why no-reason
> ok 退货原因：七天无理由
scan why size
> ok 退货原因：尺码/规格不合
scan CLOSE
> ok 验退完成，共 1 件，相符
