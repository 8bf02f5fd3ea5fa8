# 赠品最后提醒：商品扫完、赠品还没扫，屏幕说“别忘赠品”，扫了赠品才打单。 (The gift is asked for last.)
order 1001 红茶*1 小勺*1+ = SF1000000000011
scan 1001
> ask 请扫商品，还差 2 件
scan 红茶
> ask 别忘赠品：小勺，还差 1 件
> no print
scan 小勺
> print sf-76x130 SF1000000000011
> ask 贴好面单，扫一下：尾号 0011
