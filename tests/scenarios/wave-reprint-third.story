# 打印台：第三次补打同一张，要组长刷工牌、说原因。 (The third copy at a print desk takes a lead.)
place print-desk
order 1001 红茶*1 = SF1000000000011
wave W1 1001
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> ok 打印完成，共 1 张
scan SF1000000000011 then REPRINT
> ask 为什么补打？扫原因
scan why torn
> print sf-76x130-reprint SF1000000000011
scan SF1000000000011 then REPRINT
> ask 为什么补打？扫原因
scan why torn
> print sf-76x130-reprint SF1000000000011
scan SF1000000000011 then REPRINT
> ask 要组长同意：请组长刷工牌
> screen ask 要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么补打？扫原因
scan why torn
> fact lead_allowed
> print sf-76x130-reprint SF1000000000011
> ok 补打完成
