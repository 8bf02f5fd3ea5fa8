# 打印台：一张面单坏了，扫它（或它的单号、订单号、“波次/序号”）、扫“补打”、说原因，只重打这一张，带补打标记。 (One position printed again, with who and why.)
place print-desk
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
wave W1 1001 1002
scan REPRINT
> warn 没有可补打的面单
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
> ok 打印完成，共 2 张
scan SF1000000000022
> ask 第 2/2 张：要补打扫“补打”
> fact position_named
scan REPRINT
> ask 为什么补打？扫原因
> screen ask 为什么补打？扫原因
scan why torn
> print sf-76x130-reprint SF1000000000022
> fact label_discarded
> ok 补打完成
scan REPRINT
> warn 没有可补打的面单
scan W1/1
> ask 第 1/2 张：要补打扫“补打”
scan REPRINT
> ask 为什么补打？扫原因
scan UNDO
> ask 请扫拣货单打印面单
scan 1001
> ask 第 1/2 张：要补打扫“补打”
scan REPRINT
> ask 为什么补打？扫原因
scan 1002
> ask 为什么补打？扫原因
scan why smudged
> print sf-76x130-reprint SF1000000000011
> ok 补打完成
# 补打的那张照常打包。
place pack
scan SF1000000000022
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
