# 打印台：补打的那张没打出来，说清楚；好了再扫一次“补打”。 (The copy doesn't come out: the desk says so, and REPRINT tries again.)
place print-desk
order 1001 红茶*1 = SF1000000000011
wave W1 1001
scan picklist W1
> print divider-76x130 W1
> print sf-76x130 SF1000000000011
> ok 打印完成，共 1 张
printer refuses
scan SF1000000000011 then REPRINT
> ask 为什么补打？扫原因
scan why torn
> print sf-76x130-reprint SF1000000000011
> stop 打印机 desk 没打：看纸和盖子，好了扫“补打”
printer accepts
scan REPRINT
> ask 为什么补打？扫原因
scan why torn
> print sf-76x130-reprint SF1000000000011
> ok 补打完成
