# 平台换了单号：旧面单不能出库，打包台扫它就打新的；没打包的撕掉，按新号打。 (The platform gives another number: the old label doesn't ship, and its scan at a bench prints the new one.)
order 1001 红茶*1 = SF1000000000011
order 1002 红茶*1 = SF1000000000022
scan SF1000000000011
> ask 请扫商品，还差 1 件
scan 红茶
> ok 完成，顺丰
> fact parcel_packed
revise 1001 红茶*1 = SF1000000000111
revise 1002 红茶*1 = SF1000000000222
place dock
scan SF1000000000011
> stop 单号换过了：到打包台换面单
place pack
scan SF1000000000011
> ask 贴好面单，扫一下：尾号 0111
> print sf-76x130 SF1000000000111
scan SF1000000000111
> ok 补打完成
scan SF1000000000011
> stop 面单已作废：撕掉
scan SF1000000000022
> stop 面单已作废：撕掉
scan 1002
> ask 请扫商品，还差 1 件
scan 红茶
> ask 贴好面单，扫一下：尾号 0222
> print sf-76x130 SF1000000000222
scan SF1000000000222
> ok 完成，顺丰
> fact parcel_packed
place dock
scan SF1000000000011
> stop 单号换过了：到打包台换面单
scan SF1000000000111
> ok 已出库，第 3 件
> fact parcel_shipped
