# 只有赠品的包裹（补寄赠品），从第一件起就说“别忘赠品”。 (A parcel of gifts alone.)
order 1001 小勺*1+ 杯垫*1+ = SF1000000000011
scan SF1000000000011
> ask 别忘赠品：小勺，还差 2 件
scan 小勺
> ask 别忘赠品：杯垫，还差 1 件
scan 杯垫
> ok 完成，顺丰
> fact parcel_packed
