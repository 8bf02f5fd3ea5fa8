# 第三次补打要组长刷工牌：面单满天飞，就会贴到两个箱子上。 (From the third reprint on a lead must agree.)
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
scan REPRINT
> ask 为什么补打？扫原因
scan why smudged
> print sf-76x130-reprint SF1000000000011
scan SF1000000000011
> ok 补打完成
scan REPRINT
> ask 为什么补打？扫原因
scan why damaged
> print sf-76x130-reprint SF1000000000011
scan SF1000000000011
> ok 补打完成
scan REPRINT
> ask 要组长同意：请组长刷工牌
scan why smudged
> ask 要组长同意：请组长刷工牌
> no print
scan badge 李雷
> stop 这不是组长的工牌
scan UNDO
> ask 请扫面单或订单
scan REPRINT
> ask 要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么补打？扫原因
scan why smudged
> fact lead_allowed
> print sf-76x130-reprint SF1000000000011
scan SF1000000000011
> ok 补打完成
