# 等号的单别处打包了：不再等它，接着打。 (A wave waits for no number of a parcel that is packed meanwhile.)
carrier silent
order 1001 红茶*1
order 1002 红茶*1 = SF1000000000022
wave W1 1001 1002
place print-desk
scan picklist W1
> ask 2 单还差 1 个单号：到齐就打；不等，再扫一次波次码，缺的先打备用号或临时面单
SZ-02 packs 1001
> ok 打印完成，共 1 张
> print divider-76x130 W1
> print sf-76x130 SF1000000000022
