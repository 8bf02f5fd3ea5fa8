# 手上有单，扫了别的订单：先做完手上这一单。扫自己的订单号，只是再说一遍还差几件。 (Another order mid-check.)
order 1001 红茶*2 = SF1000000000011
order 1002 绿茶*1 = SF1000000000022
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 1002
> stop 先做完手上这一单
> no fact parcel_opened
scan 1001
> ask 请扫商品，还差 1 件
