# 缺纸没打出来：说出哪台打印机；装好纸自动接着打，不算补打。 (Refused, then ready: prints by itself.)
printer refuses
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> stop 打印机 desk 没打：看纸和盖子，好了扫“补打”
> screen stop 打印机 desk 没打：看纸和盖子，好了扫“补打”
printer ready
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
