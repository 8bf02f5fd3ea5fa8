# 别的装车口装的袋，这里也能交接；中心断开照样发；单件从袋里拿出来单独发也行。 (A bag that another dock filled, with the hub away; one of it may also go by itself.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
order 1003 红茶*1 = SF1000000000033
SZ-02 packs 1001
SZ-02 packs 1002
SZ-02 packs 1003
SZ-02 bags 1001
SZ-02 bags 1002
SZ-02 bags 1003
place dock
hub away
scan SF1000000000033
> ok 已出库，第 1 件
scan bag G001
> ok 袋 G001 2 件已出库，共 3 件
