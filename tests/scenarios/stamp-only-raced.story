# 只记时间：别的站已打包、已作废面单，停。 (Packed elsewhere; a void label.)
setting stamp_only true
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
SZ-02 packs 1001
scan SF1000000000011
> stop 这单已打包
scan SF1000000000022
> ok 完成，顺丰
