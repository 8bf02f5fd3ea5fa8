# 这单正在别的台上做：停，说在哪个台。 (In hand at another station.)
order 1001 红茶*1 = SF1000000000011
SZ-02 opens 1001
scan 1001
> stop 这单正在 SZ-02 bench-9 做
> no fact parcel_opened
