# 打印机不打，备用打印机接着打，只出一张有效面单。 (Failover to the backup, one label live.)
setting backup spare
printer refuses
order 1001 红茶*1 = SF1000000000011
scan 1001
> ask 请扫商品，还差 1 件
scan 红茶
> print sf-76x130 SF1000000000011
> print sf-76x130 SF1000000000011
> ask 换打印机：到 spare 取面单
> ask 到 spare 取面单，贴好扫一下：尾号 0011
scan SF1000000000011
> ok 完成，顺丰
