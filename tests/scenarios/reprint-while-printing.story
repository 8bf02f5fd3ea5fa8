# 面单正在打印时急着扫“补打”：不会多打一张，等这一张有了结果再说。
order 1001 红茶*1 = SF1000000000011
printer silent
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶 then REPRINT
> print sf-76x130 SF1000000000011
> ask 正在打印面单
> no fact label_discarded
