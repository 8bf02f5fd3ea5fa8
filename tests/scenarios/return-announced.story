# 预约的退件：扫退货单号或退货运单号，原因预约里有就不用扫；一件件扫、扫结论，再扫一次单号就完。 (An announced return, as it should be.)
return R1 红茶*2 绿茶*1 of 1001 = YT9000000000011 because 7天无理由退货
place returns
scan YT9000000000011
> ok 退件 R1 已收
> ask 请扫退回的商品，还差 3 件，验完扫“关”
> fact return_arrived
> no fact return_claimed
scan ×2
> ok 下一件 × 2
scan 红茶
> ask 红茶 × 2：请扫结论
> fact return_item_taken
> no fact return_inspected
scan found good
> ok 红茶 × 2：良品
> ask 请扫退回的商品，还差 1 件，验完扫“关”
> fact return_inspected
scan gs1 绿茶 L1 600801
> ask 绿茶 × 1，效期 2060-08-01：请扫结论
scan found faulty
> ok 绿茶 × 1：次品
> screen ask 请扫退回的商品，验完扫“关”
scan YT9000000000011
> ok 验退完成，共 3 件，相符
> fact return_closed
scan R1
> stop 已验过：R1；是另一箱就再扫一次
scan OUT
> ok 下岗，本班 1 单
