# 拣到一半退了一行：拣进周转箱的马上说放回哪个货位，其余接着拣、接着打包。 (A line is refunded while its parcel is picked.)
place pick
order 1001 红茶*2@A-01 绿茶*1@B-01 = SF1000000000011
wave W1 1001
scan picklist W1
> ask 共 1 单。一单一箱：先扫周转箱；一起拣：到 A-01 拿 红茶 × 2
scan tote T001
> ask 到 A-01 拿 红茶 × 2，放进 T001
scan bin A-01
> ask 拿 红茶 × 2，放进 T001
scan 红茶
> ok 放进 T001：红茶，还差 1 件
scan 红茶
> ask 到 B-01 拿 绿茶 × 1，放进 T001
revise 1001 红茶*1@A-01 红茶*1-@A-01 绿茶*1@B-01
> stop 已取消，放回 A-01：红茶 × 1；放好扫货位
scan bin A-01
> ok 已放回
> ask 到 B-01 拿 绿茶 × 1，放进 T001
> fact goods_put_back
