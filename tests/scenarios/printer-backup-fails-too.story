# 备用打印机也不打：说清楚，不来回试；扫“补打”再试。 (Both refuse: said once, nothing runs in circles.)
setting backup desk-2-broken
printer refuses
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000011
> ask 换打印机：到 desk-2-broken 取面单
> stop 打印机 desk-2-broken 没打：看纸和盖子，好了扫“补打”
printer ready
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
