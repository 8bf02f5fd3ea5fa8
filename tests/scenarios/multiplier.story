# 扫“×3”，下一件算三件，只管一次；超过还差的件数就停；扫错了“×N”用“撤销”取消。 (The multiplier, its limit, its undo.)
order 1001 红茶*5 绿茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 6 件
scan ×3
> ok 下一件 × 3
scan 红茶
> ok 红茶，还差 3 件
scan ×9
> ok 下一件 × 9
scan 红茶
> stop 太多了：红茶 只差 2 件
> no fact item_checked
scan UNDO
> ok 下一件 × 1
> no fact item_unchecked
scan 红茶
> ok 红茶，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
