# 别的站已打包或已出库：停。 (Packed or shipped at another station.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
SZ-02 packs 1001
SZ-02 ships 1002
scan 1001
> stop 这单已打包
scan SF1000000000022
> stop 这单已出库
