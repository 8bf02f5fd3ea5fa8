# 久没人扫，自己锁上：单还在手上；断电重起还是锁着；自己的工牌接着做，别人的工牌换人。 (The idle lock, with a parcel in hand.)
order 1001 红茶*3 = SF1000000000011
idle
> warn 久未操作已锁：刷工牌接着做
> fact place_locked
scan 1001
> stop 请先刷工牌
> no fact parcel_opened
scan badge 李雷
> ok 李雷，上岗
> fact place_unlocked
> no fact operator_badged_in
scan 1001
> ask 请扫商品，还差 3 件
scan 红茶
> ok 红茶，还差 2 件
# 组长刷过工牌，人走了：批准作废。
scan FORCE
> ask 还缺 红茶 × 2；放行要组长同意：请组长刷工牌
scan badge 韩梅梅
> ask 为什么放行？扫原因
idle
> fact place_locked
> screen warn 久未操作已锁：刷工牌接着做
restart
> screen warn 久未操作已锁：刷工牌接着做
scan why agreed
> stop 请先刷工牌
scan 红茶
> stop 请先刷工牌
> no fact item_checked
scan OUT
> stop 请先刷工牌
scan badge ZZZZZZZZ
> stop 工牌无效：找组长补发
scan badge 李雷
> ok 李雷，上岗
> ask 请扫商品，还差 2 件
> fact place_unlocked
scan why agreed
> ask 请扫商品，还差 2 件
> no fact check_forced
scan 红茶
> ok 红茶，还差 1 件
idle
> fact place_locked
scan badge 韩梅梅
> ok 韩梅梅，上岗
> fact operator_badged_in
scan 红茶
> print sf-76x130 SF1000000000011
scan SF1000000000011
> ok 完成，顺丰
scan OUT
> ok 下岗，本班 1 单
# 下了岗就没有可锁的。
idle
> no fact place_locked
> screen stop 请先刷工牌
