# 交接时：别家快递的包裹，停，拿下来；一次只开一家。 (Another carrier's parcel, and another carrier's handover.)
order 1001 红茶*1 = SF1000000000011
SZ-02 packs 1001
place dock
scan HANDOVER ZTO
> ask 中通交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000011
> stop 这是顺丰的，不是中通的：拿下来
> no fact parcel_shipped
scan HANDOVER SF
> stop 中通交接开着：先扫“关交接”
scan CLOSE
> ok 中通交接完成，共 0 件
> no print
scan HANDOVER SF
> ask 顺丰交接，已扫 0 件：扫包裹，装完扫“关交接”
scan SF1000000000011
> ok 已出库，第 1 件
