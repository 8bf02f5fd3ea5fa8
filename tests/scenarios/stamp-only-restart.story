# 只记时间：断电重起，记过的还在，没记的照记。 (A power cut between two.)
setting stamp_only true
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
scan SF1000000000011
> ok 完成，顺丰
restart
scan SF1000000000011
> stop 这单已打包
scan SF1000000000022
> ok 完成，顺丰
