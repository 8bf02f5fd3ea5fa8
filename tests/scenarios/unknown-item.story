# 条码是对的，但商品没有建档：停，说出条码，好让组长建档。 (A valid EAN that is not on file.)
order 1001 红茶*1 = SF1000000000011
scan 6901234567984
> stop 商品没有建档：6901234567984
scan 1001
> ask 请扫商品，还差 1 件
scan 6901234567984
> stop 商品没有建档：6901234567984
> no fact item_checked
> fact scan_stopped
