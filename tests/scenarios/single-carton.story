# 一单一件：扫了整箱的码：每单只要一件，拆箱扫单件。 (A carton's code where each parcel needs one piece.)
order 1001 红茶*1 = SF1000000000011
singles W1 1001
scan 红茶箱
> stop 太多了：红茶 只差 1 件
> no fact parcel_opened
scan 红茶
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
