# 重开交接：要组长刷工牌、说原因；当班的人不换；接着数，再关再打。 (Opening again takes a lead's badge and a reason.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
SZ-02 packs 1001
SZ-02 packs 1002
place dock
scan REOPEN
> warn 没有可重开的交接
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan REOPEN
> warn 没有可重开的交接
scan SF1000000000011
> ok 已出库，第 1 件
scan CLOSE
> ok 顺丰交接完成，共 1 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
scan REOPEN
> ask 要组长同意：请组长刷工牌
scan UNDO
> ask 请扫面单出库
scan REOPEN
> ask 要组长同意：请组长刷工牌
scan badge 李雷
> stop 这不是组长的工牌
scan badge 韩梅梅
> ask 为什么重开交接？扫原因
scan why forgotten
> ask 顺丰交接，已扫 1 件：扫包裹，装完扫“关交接”
> fact handover_reopened
scan SF1000000000022
> ok 已出库，第 2 件
scan CLOSE
> ok 顺丰交接完成，共 2 件
> print handover-76x130 bench-1-1
> print handover-76x130 bench-1-1
scan OUT
> ok 下岗，本班 2 单
