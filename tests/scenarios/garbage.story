# 乱码：只显示前面一小段，不记内容，手上的单不受影响。 (Garbage is cut short and changes nothing.)
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan <script>alert("1")</script>;DROP
> stop 不认识这个码：<script>alert("1")</scri
> no fact item_checked
unreadable
> stop 没扫清：再扫一次
scan 红茶
> print sf-76x130 SF1000000000011
