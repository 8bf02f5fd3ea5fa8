# 打印台：一波面单按顺序打，打完自动说；没有的拣货单、别的码不打。 (A wave printed, and what is not a pick list.)
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
wave W1 1001 1002
scan 1001
> ask 请扫拣货单打印面单
scan picklist W9
> stop 没有这张拣货单
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
> ok 打印完成，共 2 张
place pack
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
