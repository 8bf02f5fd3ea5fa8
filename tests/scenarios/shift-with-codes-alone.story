# 一个班只用打印出来的码和一把枪：上岗、几种做法、撤销、跳过、补打、称重、交接、下岗，不碰屏幕和键盘。 (A shift with printed codes and a scanner alone.)
# 除了商品、面单和拣货单上的运单编号，扫的都是 milepost sheet 打印的码。
order 1001 红茶*2 绿茶*1 = SF1000000000011
order 1002 白茶*1 = SF1000000000022
order 1003 红茶*5 = SF1000000000033
order 1004 茶包*3 = SF1000000000044
order 1005 茶包*3 = SF1000000000055
order 1006 绿茶*2 = SF1000000000066
order 1007 杯垫*1 = SF1000000000077
singles S1 1002
wave W1 1004 1005
scale 0
scan badge 李雷
> ok 下岗，本班 0 单
scan badge 李雷
> ok 李雷，上岗
# 先打单后验货，扫错了撤销。
scan SF1000000000011
> ask 请扫商品，还差 3 件
scan 绿茶
> ok 绿茶，还差 2 件
scan UNDO
> ok 已撤销：绿茶，还差 3 件
scan 绿茶
> ok 绿茶，还差 2 件
scan ×2
> ok 下一件 × 2
scan 红茶
> ok 完成，顺丰
> fact parcel_packed
scale 300
scan SF1000000000011
> ok 已称重 0.300 kg
> fact parcel_weighed
scale 0
# 一单一件。
scan 白茶
> print sf-76x130 SF1000000000022
> ask 贴好面单，扫一下：尾号 0022
scan SF1000000000022
> ok 完成，顺丰
# 拣货单上的运单编号，后置打单，“×N”。
scan DB20260215-SF-001003
> ask 请扫商品，还差 5 件
scan ×5
> ok 下一件 × 5
scan 红茶
> print sf-76x130 SF1000000000033
> ask 贴好面单，扫一下：尾号 0033
scan SF1000000000033
> ok 完成，顺丰
# 面单打糊了。
scan REPRINT
> ask 为什么补打？扫原因
scan why smudged
> print sf-76x130-reprint SF1000000000033
scan SF1000000000033
> ok 补打完成
# 同款批量。
scan picklist W1
> ask 同款批量 2 单：先扫一张面单，整单验一次
scan SF1000000000044
> ask 请扫商品，还差 3 件
scan 茶包
> ask 茶包 数一下要 3 件，还差 0 件
> ok 完成，顺丰
scan SF1000000000055
> ok 完成，顺丰
scan picklist W1
> ok 同款批量结束，2 单
# 缺货，跳过。
scan SF1000000000066
> ask 请扫商品，还差 2 件
scan SKIP
> ask 为什么跳过？扫原因
scan why short
> ok 已转异常：放到问题架
# 播种墙：格子的码打包。
wave W2 1007
place wall
scan picklist W2
> ask 请扫商品，放到说的格里
scan 杯垫
> ok 1 号格：杯垫，这格齐了
scan picklist W2
> ok 播种完成，1 单都齐了
place pack
scan slot 1
> ask 请扫商品，还差 1 件
scan 杯垫
> print sf-76x130 SF1000000000077
> ask 贴好面单，扫一下：尾号 0077
scan SF1000000000077
> ok 完成，顺丰
# 装车口：开交接、车牌、装车、关；漏了一件，组长同意重开。
place dock
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan plate 粤B12345
> ok 车牌 粤B12345
scan SF1000000000011
> ok 已出库，第 1 件
scan SF1000000000022
> ok 已出库，第 2 件
scan CLOSE
> ok 顺丰交接完成，共 2 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
scan REOPEN
> ask 要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么重开交接？扫原因
scan why forgotten
> ask 顺丰交接，已扫 2 件：扫包裹，装完扫“关交接”
scan SF1000000000033
> ok 已出库，第 3 件
scan CLOSE
> ok 顺丰交接完成，共 3 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
scan OUT
> ok 下岗，本班 9 单
> fact operator_badged_out
