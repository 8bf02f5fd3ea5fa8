# 效期：码上批号不是先到期的，黄灯先出早的；渠道要留的天数不够，停，放回去。 (FEFO, and too few days left for the channel.)
place pick
setting min_days 90
order 1001 普洱*1@A-01/L1/2060-08-01 = SF1000000000011
order 1002 普洱*1@A-01/L2/2060-09-01 = SF1000000000022
order 1003 普洱*1@A-01/L2/2060-09-01 红茶*1@A-02/L9/2020-01-01 = SF1000000000033
wave W1 1001 1002 1003
scan picklist W1
> ask 共 3 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 普洱 × 3
scan bin A-01
> ask 拿 普洱 × 3（L1 2060-08-01）
scan gs1 普洱 L2 600901
> warn 先出早的：普洱，应拿 L1 2060-08-01；已记录
> ok 普洱，还差 2 件
> fact item_picked
scan gs1 普洱 L0 260101
> stop 效期不够：普洱 到 2026-01-01，渠道要留 90 天，放回去
> no fact item_picked
scan gs1 普洱 L1 600801
> ok 普洱，还差 1 件
scan 普洱
> ask 到 A-02 拿 红茶 × 1（L9 2020-01-01）
scan bin A-02
> ask 拿 红茶 × 1（L9 2020-01-01）
scan 红茶
> ok 拣货完成，3 单都齐了
