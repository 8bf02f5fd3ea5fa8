# 共用的打印机没纸：两个台都说没打；好了各打各的，谁的也不丢，谁的也不重。 (The shared printer is down: both are told, both get their label.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
bench-2 scans badge 韩梅梅
> ok 韩梅梅，上岗
scan 1001
> ask 请扫商品，还差 1 件
bench-2 scans 1002
> ask 请扫商品，还差 1 件
printer refuses
scan 红茶
> print sf-76x130 SF1000000000011
> stop 打印机 desk 没打：看纸和盖子，好了扫“补打”
bench-2 scans 红茶
> print sf-76x130 SF1000000000022
> stop 打印机 desk 没打：看纸和盖子，好了扫“补打”
printer ready
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000022
scan SF1000000000011
> ok 完成，顺丰
bench-2 scans SF1000000000022
> ok 完成，顺丰
