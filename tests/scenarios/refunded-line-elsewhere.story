# 别的站打包的退了一行：这里装车口也停；打包台打开，拿出来扫“确认”，再扫面单就能出库。打包前退的不再说。 (Packed at another station, a line refunded since.)
order 1001 红茶*1 绿茶*1 白茶*1- = SF1000000000011
SZ-02 opens 1001
SZ-02 packs 1001
# 只改了别的、货没变的，照样发。
order 1002 红茶*1 绿茶*1- = SF1000000000022
SZ-02 opens 1002
SZ-02 packs 1002
revise 1002 绿茶*1- 红茶*1
revise 1001 红茶*1 绿茶*1- 白茶*1-
place dock
scan SF1000000000022
> ok 已出库，第 1 件
scan SF1000000000011
> stop 已退款，要拿出 绿茶 × 1：到打包台扫它的面单
> no fact parcel_shipped
place pack
scan SF1000000000011
> stop 已退款，拿出：绿茶 × 1；拿出来后扫“确认”
scan OK
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
revise 1001 白茶*1- 红茶*1 绿茶*1-
place dock
scan SF1000000000011
> ok 已出库，第 3 件
