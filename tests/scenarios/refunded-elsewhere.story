# 别的工作站打包的，退款后在这里拆：按订单的货位放回；没有打印机就不打放回单。 (Packed at another station, opened here: its lines' bins say where; no printer, no slip.)
order 1001 红茶*1@A-01 = SF1000000000011
setting printer none
SZ-02 packs 1001
cancel 1001
scan SF1000000000011
> stop 已取消，放回 A-01：红茶 × 1；放好扫货位
> no print
scan bin C-01
> stop 货位不对：应到 A-01
scan bin A-01
> ok 已放回
> fact goods_put_back
