# 短码谁也不认识：停，不去问总部，也不当成一单记下来。 (A short code nobody knows.)
order 1001 红茶*1 = SF1000000000011
scan A17
> stop 不认识这个码：A17
> no fact unverified_scanned
scan 1001
> ask 请扫商品，还差 1 件
scan A17
> stop 不认识这个码：A17
> screen ask 请扫商品，还差 1 件
