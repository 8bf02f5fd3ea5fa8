# 只扫面单的工位：有一行退了，扫完说拿出什么。 (Where the label's scan is enough, a refunded line is said.)
setting stamp_only true
order 1001 红茶*1 绿茶*1- = SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> ask 订单改了，拿出来：绿茶 × 1
