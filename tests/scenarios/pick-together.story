# 一起拣：按货位走，先扫货位再扫商品，拣完去播种墙分。 (All together, bin by bin, then sorted at the wall.)
place pick
order 1001 红茶*2@A-02 = SF1000000000011
order 1002 绿茶*1@A-01 红茶*1@A-02 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 绿茶 × 1
scan bin A-01
> ask 拿 绿茶 × 1
> fact bin_reached
scan 绿茶
> ask 到 A-02 拿 红茶 × 3
> fact item_picked
scan bin A-02
> ask 拿 红茶 × 3
scan ×2
> ok 下一件 × 2
scan 红茶
> ok 红茶，还差 1 件
> no fact parcel_picked
scan 红茶
> ok 拣货完成，2 单都齐了
> fact parcel_picked
> fact pick_ended
> screen ask 请扫拣货单开始拣货
place wall
scan picklist W1
> ask 请扫商品，放到说的格里
scan 红茶
> ok 1 号格：红茶
scan 红茶
> ok 1 号格：红茶，这格齐了
scan 红茶
> ok 2 号格：红茶
scan 绿茶
> ok 2 号格：绿茶，这格齐了
place pack
scan slot 1
> ask 请扫商品，还差 2 件
