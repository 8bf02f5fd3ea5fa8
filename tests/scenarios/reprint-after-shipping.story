# 出库以后不能补打：第二张面单会变成第二个包裹。 (No reprint once shipped.)
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
SZ-02 ships 1001
scan REPRINT
> stop 这单已出库
> no print
