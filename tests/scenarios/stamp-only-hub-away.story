# 只记时间：总部断开照记；系统没有的单，记下来，黄灯。 (The hub away; a stranger's label.)
setting stamp_only true
order 1001 红茶*1 = SF1000000000011
hub away
scan SF1000000000011
> ok 完成，顺丰
scan SF9000000000099
> warn 系统没有这一单，已记录：SF9000000000099，像是顺丰的
> fact unverified_scanned
