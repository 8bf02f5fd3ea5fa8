# 同一只袋在另一个装车口还开着：这里不收，先到那里关上；关上了这里就能发。 (A bag that is still open at another dock of this station isn't opened or shipped here.)
order 1001 红茶*1 = SF1000000000011
SZ-02 packs 1001
place dock
scan bag G001
> ask 装袋 G001，已装 0 件：扫包裹，装完再扫袋码
scan SF1000000000011
> ok 已装袋，第 1 件
bench-2 scans badge 韩梅梅
> ok 韩梅梅，上岗
bench-2 scans bag G001
> stop 袋 G001 在 bench-1 还开着：先到那里扫它关上
> no fact parcel_shipped
scan bag G001
> ok 袋 G001 装好，共 1 件
bench-2 scans bag G001
> ok 袋 G001 1 件已出库，共 1 件
