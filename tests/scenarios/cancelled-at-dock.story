# 打包以后取消了：装车口停，不能出库。 (Cancelled after packing, caught at the dock.)
order 1001 红茶*1 = SF1000000000011
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
cancel 1001
place dock
scan SF1000000000011
> stop 已取消，不要发：放到退回架
> no fact parcel_shipped
