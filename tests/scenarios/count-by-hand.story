# 一次算十件以上，要组长刷工牌、说原因；十件以内不用。 (More than ten pieces in one scan take a lead.)
order 1001 红茶*60 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 60 件
scan ×10
> ok 下一件 × 10
scan 红茶
> ok 红茶，还差 50 件
scan ×50
> ask 要组长同意：请组长刷工牌
> no fact multiplier_set
scan 红茶
> ask 要组长同意：请组长刷工牌
> no fact item_checked
scan badge 李雷
> stop 这不是组长的工牌
scan UNDO
> ask 请扫商品，还差 50 件
scan ×50
> ask 要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么一次算 50 件？扫原因
scan why counted
> ok 下一件 × 50
> fact lead_allowed
> fact multiplier_set
scan 红茶
> ok 完成，顺丰
> fact parcel_packed
