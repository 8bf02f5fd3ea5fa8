# 拆不了的：手上没有单；还没扫商品；都扫完了；这里不打包。 (Where nothing is split.)
order 1001 红茶*1 绿茶*1 = SF1000000000011
scan SPLIT
> stop 先扫面单或订单，再扫商品
scan 1001
> ask 请扫商品，还差 2 件
scan SPLIT
> stop 先扫装进这一箱的商品，再扫“拆单”
> no fact check_completed
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> print sf-76x130 SF1000000000011
scan SPLIT
> stop 商品都扫完了，没有可拆的：装不下就跳过，放问题架
scan SF1000000000011
> ok 完成，顺丰
place dock
scan SPLIT
> stop 这里不用这个码
