# 拆单的答复来晚了，这一箱又多装了：停，看清后扫“确认”，把另一单的拿出来，再打面单。 (The hub's answer comes when the packer has gone on.)
carrier answers SF1000000000011
order 1001 红茶*2 绿茶*1
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
hub unheard
scan SPLIT
> stop 总部不通，现在拆不了单：接着扫；装不下就跳过，或扫“加箱”
scan 绿茶
> ok 绿茶，还差 1 件
hub near
> stop 订单改了：红茶 × 1；看清后扫“确认”
> no fact check_completed
scan 红茶
> stop 订单改了：红茶 × 1；看清后扫“确认”
scan OK
> ask 订单改了，拿出来：绿茶 × 1
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
> ask 还有 2 件是另一单：再扫订单接着做
