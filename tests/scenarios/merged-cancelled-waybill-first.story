# 面单是别处打的：打包后取消一单，扫面单打开、确认、再扫面单，什么也不打印。 (The label was printed elsewhere: nothing prints.)
order 1001 红茶*1 & 1002 绿茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 绿茶
> ok 完成，顺丰
cancel 1002
scan SF1000000000011
> stop 订单改了，拿出：绿茶 × 1；拿好扫“确认”
> fact parcel_reopened
scan OK
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
> no print
> fact parcel_packed
