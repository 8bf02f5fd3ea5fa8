# 跳过的货位最后再来；撤销拿回上一次扫的，只能撤一次；换人接着拣；没拣完也能关，再扫接着拣。 (Skip, undo, another picker, closed and gone on with.)
place pick
order 1001 红茶*2@A-01 绿茶*1@A-02 = SF1000000000011
order 1002 红茶*4@A-01 = SF1000000000022
wave W1 1001 1002
scan picklist W1
> ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 6
scan UNDO
> warn 没有可撤销的
scan SKIP
> ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 A-02 拿 绿茶 × 1
> fact pick_stop_left
scan bin A-02
> ask 拿 绿茶 × 1
scan badge 韩梅梅
> ok 韩梅梅，上岗
> screen ask 拿 绿茶 × 1
scan 绿茶
> ask 到 A-01 拿 红茶 × 6
scan bin A-01
> ask 拿 红茶 × 6
scan 红茶
> ok 红茶，还差 5 件
scan UNDO
> ok 已撤销：红茶，还差 6 件
> fact item_unpicked
scan UNDO
> warn 没有可撤销的
scan ×5
> ok 下一件 × 5
scan UNDO
> ok 下一件 × 1
scan 红茶
> ok 红茶，还差 5 件
scan picklist W1
> warn 拣货单关了，还有 2 单没拣完：再扫拣货单接着拣
scan picklist W1
> ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 5
scan bin A-01
> ask 拿 红茶 × 5
scan ×5
> ok 下一件 × 5
scan 红茶
> ok 拣货完成，2 单都齐了
scan picklist W1
> warn 这张拣货单没有要拣的
