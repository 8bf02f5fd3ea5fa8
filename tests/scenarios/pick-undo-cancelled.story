# 正在拣的单取消了：撤销就是放回去了，拣货单随着结束，不再要箱子。 (UNDO where everything was cancelled ends the list.)
place pick
order 1001 红茶*1@A-01 绿茶*1@A-02 = SF1000000000011
wave W1 1001
scan picklist W1
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 1
scan bin A-01
> ask 拿 红茶 × 1
scan 红茶
> ask 到 A-02 拿 绿茶 × 1
cancel 1001
> stop 已取消，放回 A-01：红茶 × 1；放好扫货位
scan UNDO
> ok 已撤销：红茶，还差 0 件
> ok 拣货完成，0 单都齐了
> fact pick_ended
scan picklist W1
> warn 这张拣货单没有要拣的
