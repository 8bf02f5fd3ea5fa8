# 批准的 ×50 只管当班的人，换人作废。 (A multiplier is not inherited with the badge.)
order 1001 红茶*60 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 60 件
scan ×50
> ask 要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么一次算 50 件？扫原因
scan why counted
> ok 下一件 × 50
scan badge 李雷
> ok 下岗，本班 0 单
scan badge 李雷
> ok 李雷，上岗
scan 红茶
> ok 红茶，还差 59 件
