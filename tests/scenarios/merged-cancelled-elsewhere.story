# 别的站打包的合单取消了一单：这里装车口也停，打包台扫面单打开；那边重新打包了就能出库。 (Packed at another station.)
order 1001 红茶*1 & 1002 绿茶*1 = SF1000000000011
SZ-02 packs 1001
cancel 1002
place dock
scan SF1000000000011
> stop 订单改了，要拿出 绿茶 × 1：到打包台扫它的面单
place pack
scan SF1000000000011
> stop 订单改了，拿出：绿茶 × 1；拿好扫“确认”
scan OK
> ask 贴好面单，扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
place dock
scan SF1000000000011
> ok 已出库，第 2 件
