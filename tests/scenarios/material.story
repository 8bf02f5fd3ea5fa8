# 包材：打包时扫纸箱、快递袋的码，记在这一单上，重量算进去；扫错了“撤销”。 (Packing material is the parcel's, and counts into its weight.)
order 1001 红茶*3 = SF1000000000011
scale 0
scan material BOX-3
> stop 没有单可记：包材在打包时、称重前扫
scan SF1000000000011
> ask 请扫商品，还差 3 件
scan material BOX-3
> ok 包材 3号纸箱 × 1
> fact material_used
scan 红茶
> ok 红茶，还差 2 件
scan ×2
> ok 下一件 × 2
scan material BOX-3
> ok 包材 3号纸箱 × 2
scan UNDO
> ok 已撤销：包材 3号纸箱
> fact material_taken_back
scan UNDO
> ok 已撤销：红茶，还差 3 件
scan UNDO
> ok 已撤销：包材 3号纸箱
scan UNDO
> warn 没有可撤销的
scan material BOX-3
> ok 包材 3号纸箱 × 1
scan 红茶
> ok 红茶，还差 2 件
scan 红茶
> ok 红茶，还差 1 件
scan 红茶
> ok 完成，顺丰
# 刚打包的这一单，下一单开始前、称重前，还可以补扫。
scan 6901234567977
> ok 包材 快递袋 × 1
scan 6901234567977
> ok 包材 快递袋 × 1
scan UNDO
> ok 已撤销：包材 快递袋
scan material BOX-9
> stop 不认识这个码：BOX-9
scale 300
scan SF1000000000011
> warn 重量不符：秤上 0.300 kg，应为 0.435 kg，打开看看
> fact parcel_weighed
scan material BOX-3
> stop 没有单可记：包材在打包时、称重前扫
