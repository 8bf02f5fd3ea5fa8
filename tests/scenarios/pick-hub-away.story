# 总部断开、断电重起，拣到哪里都记得；散件数一下，免扫的不拣，没有货位的最后。 (The hub away, a power cut; loose goods, leaflets, no bin.)
place pick
order 1001 茶包*5@A-02 说明书*1@A-01 小勺*1 = SF1000000000011
order 1002 红茶*6@A-03 = SF1000000000022
wave W1 1001 1002
hub away
scan picklist W1
> ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 A-02 拿 茶包 × 5
restart
> screen ask 共 2 单。一单一箱：先扫周转箱；一起拣：到 A-02 拿 茶包 × 5
scan bin A-02
> ask 拿 茶包 × 5
restart
> screen ask 拿 茶包 × 5
scan 茶包
> ask 茶包 数一下要 5 件，还差 0 件
> ask 到 A-03 拿 红茶 × 6
scan bin A-03
> ask 拿 红茶 × 6
restart
> screen ask 拿 红茶 × 6
scan 红茶箱
> ask 拿 小勺 × 1
scan UNDO
> ok 已撤销：红茶，还差 6 件
restart
> screen ask 拿 红茶 × 6
scan 红茶箱
> ask 拿 小勺 × 1
scan 小勺
> ok 拣货完成，2 单都齐了
