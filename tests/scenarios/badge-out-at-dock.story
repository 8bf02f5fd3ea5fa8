# 装车口也能扫“下岗”。 (Badging out works at every place.)
place dock
scan OUT
> ok 下岗，本班 0 单
> fact operator_badged_out
scan SF1000000000011
> stop 请先刷工牌
