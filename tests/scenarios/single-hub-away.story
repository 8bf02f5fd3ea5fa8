# 一单一件：总部断开，已预留的单照做；预留的做完了，说清楚。 (The hub away: what was lent goes on, and no more.)
order 1001 红茶*1 = SF1000000000011
order 1002 绿茶*1 = SF1000000000022
singles W1 1001 1002
scan 红茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
hub away
scan SF1000000000011
> ok 完成，顺丰
scan 绿茶
> stop 总部不通，绿茶 没有预留的单：先扫面单、订单
> no print
hub near
scan 绿茶
> print sf-76x130 SF1000000000022
> ask 贴好面单，扫一下：尾号 0022
