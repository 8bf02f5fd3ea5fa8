# 缺纸没打出来，自己扫“补打”：马上打，不用说原因。 (Refused, then REPRINT by hand.)
printer refuses
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> stop 打印机 desk 没打：看纸和盖子，好了扫“补打”
printer accepts
scan REPRINT
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
