# 本站没听说过这一单：先问总部；总部也没有，就黄灯记下来，不拦人。 (Unverified: the hub does not know it either.)
scan SF9999999999999
> warn 正在查询，请稍等
> warn 系统没有这一单，已记录：SF9999999999999，像是顺丰的
> fact unverified_scanned
