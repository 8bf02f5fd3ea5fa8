# 换了包装，条码没人认识：组长刷工牌，扫旧码，再扫新码，就记住了；只教手上这单的商品，运单号教不了。 (A lead teaches an unknown code.)
order 1001 红茶*2 绿茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
scan 1001
> ask 请扫商品，还差 3 件
scan 6901234567984
> stop 商品没有建档：6901234567984
> ask 是商品上的码，可请组长刷工牌来教
# 不教也照样做别的；做过别的，组长的工牌又是工牌。
scan 红茶
> ok 红茶，还差 2 件
scan badge 韩梅梅
> ok 韩梅梅，上岗
scan badge 李雷
> ok 李雷，上岗
scan YT1234567890123
> stop 不认识这个码：YT1234567890123
> warn 不能教：像是运单号
scan 6901234567984
> stop 商品没有建档：6901234567984
scan badge 李雷
> stop 这不是组长的工牌
> no fact operator_badged_out
scan 6901234567984
> stop 商品没有建档：6901234567984
scan badge 韩梅梅
> ask 6901234567984 是哪样商品的？扫它的旧码或编号
> no fact operator_badged_in
scan 白茶
> stop 不是这单的：白茶
scan 红茶
> ask 6901234567984 是红茶的？是就再扫一次它；不是，扫对的商品
> no fact item_checked
> screen ask 6901234567984 是红茶的？是就再扫一次它；不是，扫对的商品
scan UNDO
> ask 请扫商品，还差 2 件
scan 6901234567984
> stop 商品没有建档：6901234567984
scan badge 韩梅梅
> ask 6901234567984 是哪样商品的？扫它的旧码或编号
scan 红茶
> ask 6901234567984 是红茶的？是就再扫一次它；不是，扫对的商品
scan 6901234567984
> ok 记住了：红茶，再扫一次才算数
> fact barcode_taught
> no fact item_checked
scan 6901234567984
> ok 红茶，还差 1 件
# 只剩一样，就问是不是它。
scan LOOSE-TEA-9
> stop 不认识这个码：LOOSE-TEA-9
scan badge 韩梅梅
> ask LOOSE-TEA-9 是绿茶的？是就再扫一次它；不是，扫对的商品
scan LOOSE-TEA-9
> ok 记住了：绿茶，再扫一次才算数
scan LOOSE-TEA-9
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
# 下一单也认得。
scan SF1000000000022
> ask 请扫商品，还差 1 件
scan 6901234567984
> ok 完成，顺丰
