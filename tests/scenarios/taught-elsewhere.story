# 别的站教过的码，这里也认得；教到一半别处教好了，就不用再教；是别的商品，就不能教。 (A code that was taught at another station.)
order 1001 红茶*2 绿茶*2 = SF1000000000011
scan 1001
> ask 请扫商品，还差 4 件
scan 6901234567984
> stop 商品没有建档：6901234567984
SZ-02 teaches 6901234567984 as 红茶 of 1001
scan 6901234567984
> ok 红茶，还差 3 件
scan LOOSE-TEA-9
> stop 不认识这个码：LOOSE-TEA-9
scan badge 韩梅梅
> ask LOOSE-TEA-9 是哪样商品的？扫它的旧码或编号
scan 绿茶
> ask LOOSE-TEA-9 是绿茶的？是就再扫一次它；不是，扫对的商品
SZ-02 teaches LOOSE-TEA-9 as 红茶 of 1001
scan LOOSE-TEA-9
> warn 不能教：这是别的商品的码
> no fact barcode_taught
scan LOOSE-TEA-9
> ok 红茶，还差 2 件
