# 手上这单，别的站也打开了：停，说在哪个台；扫过的都还在，问清楚了可以接着做。 (Opened elsewhere while in hand here.)
order 1001 红茶*2 = SF1000000000011
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
SZ-02 opens 1001
> stop 这单正在 SZ-02 bench-9 做
> no fact parcel_set_aside
scan 红茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
