# 退件箱里什么都没有：不说相符。 (A return whose box is empty does not agree with anything.)
place returns
order 1001 红茶*1 = SF1000000000011
scan NONUMBER
> warn 无单退件 RT-SZ-01-bench-1-1 已收，已记录
> ask 请扫退货原因
scan why quality
> ok 退货原因：质量问题
> ask 请扫退回的商品，验完扫“关”
scan CLOSE
> warn 验退完成：箱里没有商品
