# 不要分隔单的打印台：只打面单。 (A desk that prints no dividers.)
place print-desk
setting dividers false
order 1001 红茶*1 = SF1000000000011
wave W1 1001
scan picklist W1
> print sf-76x130 SF1000000000011
> no fact divider_queued
> ok 打印完成，共 1 张
