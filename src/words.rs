//! Every word of the pages and the test label, once in Chinese and once in English. A missing word is a compile error; what the bench says
//! to a packer is not here but in `bench::prompt`.

use serde::Deserialize;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    Zh,
    En,
}

impl Language {
    /// As in `?lang=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::Zh => "zh",
            Language::En => "en",
        }
    }

    pub fn parse(text: &str) -> Option<Language> {
        [Language::Zh, Language::En].into_iter().find(|language| language.as_str() == text)
    }
}

macro_rules! words {
    ($($key:ident: $zh:literal, $en:literal;)+) => {
        pub struct Words {
            $(pub $key: &'static str),+
        }

        static ZH: Words = Words { $($key: $zh),+ };
        static EN: Words = Words { $($key: $en),+ };

        impl Words {
            /// The word for a state that comes as data, e.g. `printer_paper_out`.
            pub fn get(&self, key: &str) -> Option<&'static str> {
                match key {
                    $(stringify!($key) => Some(self.$key),)+
                    _ => None,
                }
            }

            #[cfg(test)]
            const KEYS: &[&str] = &[$(stringify!($key)),+];
        }
    };
}

impl Words {
    /// What a returns desk's codes of commands say: no number, close, reopen.
    pub fn returns() -> [(&'static str, &'static str); 3] {
        [
            (ZH.without_number, EN.without_number),
            (ZH.close_return, EN.close_return),
            (ZH.reopen_return, EN.reopen_return),
        ]
    }

    pub fn of(language: Language) -> &'static Words {
        match language {
            Language::Zh => &ZH,
            Language::En => &EN,
        }
    }

    /// The word for `{kind}_{state}`; a state that is newer than this table is shown as it came.
    pub fn state<'a>(&self, kind: &str, state: &'a str) -> &'a str {
        self.get(&format!("{kind}_{}", state.replace('-', "_"))).unwrap_or(state)
    }
}

words! {
    other_language: "English", "中文";
    this_language: "中文", "English";
    not_found: "没有这一页", "There is no such page";
    back: "返回", "Back";

    // A bench.
    places: "工位", "Places";
    no_places: "配置里还没有 [[place]]", "The config has no [[place]] yet";
    role_pack: "打包", "Packing";
    role_dock: "出库", "Dock";
    role_print_desk: "打单", "Print desk";
    role_wall: "播种", "Sorting";
    role_pick: "拣货", "Picking";
    role_returns: "验退", "Returns";
    returned: "退件", "Return";
    returns: "退件", "Returns";
    no_returns: "还没有退件", "No returns yet";
    claimed: "退货原因", "Claimed reason";
    found: "验货结论", "Found";
    photos: "照片", "Photos";
    photo_take: "拍照", "Take a photo";
    photo_sending: "正在发送照片", "Sending the photo";
    photo_unsent: "网络不通，照片没存：连上再拍", "No connection, the photo was not kept: take it again later";
    photo_refused: "照片不能用：最大 5 MB，只收 JPEG、PNG、WebP，最多三张", "Not a usable photo: 5 MB at most, JPEG, PNG or WebP, three of them";
    return_state_expected: "未到", "expected";
    return_state_arrived: "验货中", "arrived";
    return_state_inspected: "已验", "inspected";
    return_announced: "预约", "Announced";
    return_unannounced: "没有预约", "not announced";
    return_settled: "已处理", "settled";
    sheets_returns: "退货台指令", "Returns desk";
    without_number: "无单号", "No number";
    close_return: "关", "Close";
    reopen_return: "重开", "Reopen";
    nobody: "无人上岗", "Nobody badged in";
    done_before: "本班", "This shift";
    done_after: "单", "parcels";
    hub_connected: "中心已连接", "Hub connected";
    hub_away: "中心断开", "Hub away";
    no_hub: "未接中心", "No hub";
    pending_before: "待传", "to send:";
    pending_after: "条", "";
    refunds_as_of: "退款截至", "Refunds as of";
    refunds_stale: "太旧了", "too old";
    refunds_never: "退款未核对", "Refunds not checked yet";
    pair_ask: "这块屏幕从现在起属于工位", "From now on this screen belongs to the place";
    pair_yes: "配对", "Pair";
    pair_over: "这个链接用过了或过了 10 分钟：请组长再开一个", "This link was used, or is older than 10 minutes: ask the lead for another";
    unpaired: "这块屏幕还没配对：请组长在工作站的“屏幕”页点配对，再扫二维码", "This screen isn't paired: have a lead press Pair on the station's page of screens, and scan its QR code";
    screens: "屏幕", "Screens";
    screens_lead: "配对和停用要组长在岗：请组长先在本站任一工位扫工牌上岗", "Only a lead pairs and ends screens: have a lead badge in at one of this station's places first";
    screens_own: "平板和手持机还进不来：请管理员在配置 [screens] 里写 listen；现在的链接只有本机能打开", "Tablets and handhelds can't call yet: have [screens] listen set in the config; until then a link opens on this machine only";
    screens_shut: "平板和手持机连的门还没开：{why}", "The door for tablets and handhelds is still shut: {why}";
    screens_asking: "正向中心要证书", "the hub is asked for a certificate";
    screens_authority: "要信任的证书，SHA-256 指纹：", "The certificate to trust, by its SHA-256:";
    pair_trust: "第一次用：先装证书，浏览器就不再警告。下载后在系统设置里装为 CA 证书，再打开本页", "The first time: install the certificate, and the browser warns no more. Download it, install it as a CA certificate in the settings, and open this page again";
    pair_trust_get: "下载证书", "Download the certificate";
    pair_trust_compare: "SHA-256 指纹，要和工作站“屏幕”页上的一样", "Its SHA-256: compare it with the station's page of screens";
    screens_none: "还没有屏幕", "No screen yet";
    screens_since: "{at} 起", "since {at}";
    screens_gone: "不在配置里", "not in the config";
    screen_pair: "配对屏幕", "Pair a screen";
    screen_another: "换一个二维码", "Another QR code";
    screen_scan: "用要配对的屏幕扫这个码，{minutes} 分钟内有效，只能用一次", "Scan this with the screen to be paired; it works once, for {minutes} more minutes";
    screen_paired: "配好了：{screen}", "Paired: {screen}";
    screen_end: "停用", "End";
    screen_end_sure: "停用 {screen}，它再也进不来", "End {screen}: it is let in no more";
    screen_keep: "不停用", "Keep it";
    plain_lan: "未加密：同一网络里的人都看得见", "Not encrypted: everybody in this network can read along";
    scan_here: "扫描", "Scan";
    keyboard: "键盘", "Keyboard";
    seen: "知道了", "Seen";
    scan_on: "接着扫，先存在本机，连上后自动上传", "Scan on: it is kept here and sent once the station is back";
    scans_waiting: "{count} 次扫描已存本机，等待上传", "{count} scans kept here, still to be sent";
    scans_elsewhere: "{count} 次扫描属于别的工位：把屏幕配对回去再上传", "{count} scans belong to another place: pair the screen with it again to send them";
    scans_refused: "断网时扫的有 {count} 个没通过：", "{count} of what was scanned without network did not pass:";
    scan_unsaved: "没存下来：请再扫一次", "Not kept: scan it again";
    relabel: "待换单", "To relabel";
    relabel_ready: "号已到", "Number is there:";
    relabel_waits: "待换单 {count} 件，{ready} 件号已到", "{count} to relabel, {ready} with their number";
    relabel_due: "{carrier} {at} 截单，还有 {count} 件待换单", "{carrier} cut-off {at}: {count} to relabel";
    relabel_undated: "{carrier}，{count} 件待换单", "{carrier}: {count} to relabel";
    relabel_nothing: "没有待换的面单", "No label is to be replaced";
    to_register: "备用号待登记", "Numbers to register";
    label_ready: "号已到，扫旧面单", "number is there: scan the old label";
    label_waiting: "等单号", "waits for its number";
    label_not_sent: "没发出去，稍后再问", "not sent: asked again by itself";
    label_asked: "正在问快递", "the carrier is asked";
    label_unanswered: "快递没答，稍后再问", "no answer: asked again by itself";
    label_failing: "快递接口不通，恢复后再问", "the carrier fails: asked when it answers again";
    label_rerouting: "正在换快递", "another carrier is asked for";
    label_refused: "快递不接：找组长", "refused: ask the lead";
    label_conflicted: "单号对不上：找组长", "numbers differ: ask the lead";
    order: "订单", "Order";
    number: "运单号", "Waybill";
    left_before: "还差", "";
    left_after: "件", "to go";
    all_there: "已齐", "All there";
    stops_after: "处", "stops to go";
    gift: "赠", "Gift";
    nothing_in_hand: "手上没有单", "No parcel in hand";
    last_scans: "最近扫描", "Last scans";
    no_scans: "还没有扫描", "Nothing scanned yet";
    a_badge: "工牌", "Badge";
    printer: "打印机", "Printer";
    scanner: "扫描枪", "Scanner";
    scale: "电子秤", "Scale";
    printer_ready: "就绪", "ready";
    printer_silent: "可用，不报状态", "reachable, tells no state";
    printer_offline: "离线", "offline";
    printer_stopped_answering: "没有应答：关机再开", "answers no more: switch it off and on";
    printer_paper_out: "缺纸", "paper out";
    printer_cover_open: "上盖打开", "cover open";
    printer_ribbon_out: "缺碳带", "ribbon out";
    printer_jam: "卡纸", "paper jam";
    printer_overheated: "过热", "overheated";
    printer_paused: "已暂停", "paused";
    printer_cutter: "切刀故障", "cutter fault";
    printer_other: "故障", "fault";
    ruler_frame: "外框距纸边 (mm)", "frame from the edges (mm)";
    ruler_length: "竖尺全长 (mm)", "whole ruler down (mm)";
    scanner_connected: "已连接", "connected";
    scanner_lost: "离线", "offline";
    scale_moving: "未稳定", "moving";
    scale_overload: "超载", "overload";
    scale_negative: "负重，请清零", "below zero";
    scale_unzeroed: "未清零", "not zeroed";
    scale_silent: "无数据", "says nothing";
    scale_garbled: "数据不符，查设置", "unreadable: check its settings";
    scale_lost: "离线", "offline";
    connection_lost: "连接断开，正在重连", "Connection lost, trying again";
    do_not_trust: "屏幕可能不是最新的，以扫描枪的提示音为准", "This screen may be out of date: trust the scanner's beep";

    sounds: "提示音", "Sounds";
    sounds_here: "点一下，在这台设备上试听；工位自己的喇叭用 milepost sound test 试听", "Touch one to hear it on this device; a place's own speaker plays them with milepost sound test";
    sounds_tones: "信号音", "Tones";
    sounds_words: "语音", "Words";
    sound_on: "声音：开", "Sound: on";
    sound_off: "声音：关", "Sound: off";
    sound_touch: "点一下屏幕出声", "Touch the screen for sound";

    sheets: "打印条码", "Printed codes";
    sheets_here: "每个工位一张指令单，每个装车口一张装车口指令单；按张打印，每张就是一页", "One sheet of commands at every place, one of dock commands at every dock; each label is a page of its own size";
    sheets_elsewhere: "工牌由中心发：组长登录后在“人员”页，或在中心的机器上用 milepost sheet badge", "Badges are the hub's to issue: by a lead on its page of people, or by milepost sheet badge on its machine";
    sheets_commands: "指令单", "Commands";
    sheets_dock: "装车口指令单", "Dock commands";
    sheets_materials: "包材", "Packing material";
    sheets_bins: "货位", "Bins";
    sheets_totes: "周转箱", "Totes";
    sheets_bags: "集包袋", "Bags";
    sheets_vehicles: "车牌", "Vehicles";
    sheets_picklists: "拣货单", "Pick lists";
    sheets_names: "A-01-01，A-01-02 或 T001..T050", "A-01-01, A-01-02 or T001..T050";
    sheets_show: "生成", "Show";
    sheets_slots: "{place} 的格子", "Slots of {place}";
    sheets_paper: "纸 (mm)", "Paper (mm)";
    sheets_print: "打印", "Print";

    // The office.
    orders: "订单", "Orders";
    stations: "工作站", "Stations";
    exceptions: "异常", "Exceptions";
    shift: "班组", "Shift";
    all_warehouses: "全部", "All";
    pace: "人效", "Pace";
    last_hour: "近一小时", "Last hour";
    this_shift: "12 小时内", "Last 12 hours";
    stops: "拦下", "Stopped";
    last_scan: "多久没动", "Last scan";
    no_packers: "12 小时内没有人打包", "Nobody packed within 12 hours";
    rack: "问题架", "Problem rack";
    rack_empty: "问题架是空的", "The problem rack is empty";
    reprints: "补打", "Reprints";
    no_reprints: "没有补打", "Nothing was printed again";
    copy: "第几份", "Copy";
    why: "原因", "Why";
    at: "时间", "At";
    devices_fine: "{count} 台设备正常", "{count} devices are fine";
    why_short: "缺货", "goods missing";
    why_damaged: "货损", "damaged";
    why_lost: "面单丢了", "label lost";
    why_smudged: "面单糊了", "label smudged";
    why_forgotten: "漏扫", "forgotten";
    why_cancelled: "已取消", "cancelled";
    why_held: "被扣住", "held";
    stations_and_exceptions: "工作站与异常", "Stations and exceptions";
    search: "搜索", "Search";
    search_hint: "订单号或运单号", "Order or waybill number";
    found_none: "没有找到：核对号码，或先导入订单文件", "Nothing found: check the number, or import the order file first";
    no_orders: "还没有订单：用 milepost orders import 导入", "No orders yet: bring them in with `milepost orders import`";
    newest_only: "只显示最近的 100 单，更早的请搜索", "These are the newest 100: search for older ones";
    channel: "渠道", "Channel";
    shop: "店铺", "Shop";
    warehouse: "仓库", "Warehouse";
    standing: "状态", "Standing";
    milestone: "进度", "Milestone";
    time: "时间", "Time";
    standing_open: "正常", "Open";
    standing_held: "已挂起", "On hold";
    standing_cancelled: "已取消", "Cancelled";
    channel_tmall: "天猫", "Tmall";
    channel_taobao: "淘宝", "Taobao";
    channel_douyin: "抖音", "Douyin";
    channel_jd: "京东", "JD";
    timeline: "时间线", "Timeline";
    line_hint: "可以直接发给客户", "Ready to send to the customer";
    error: "误差", "Error";
    error_unknown: "未校时", "never compared";
    source: "来源", "Source";
    source_hub: "中心", "hub";
    operator: "操作员", "Operator";
    implied: "推定", "implied";
    implied_hint: "由下一步推定，不计入时效", "Concluded from a later step; not counted in dwell times";
    parcel: "包裹", "Parcel";
    carrier: "承运商", "Carrier";
    carrier_sf: "顺丰速运", "SF Express";
    carrier_zto: "中通快递", "ZTO Express";
    carrier_jd: "京东快递", "JD Express";
    carrier_failing: "接口不通，先用备用号、换快递或贴临时面单", "doesn't answer: pooled numbers, another carrier or temporary labels for now";
    carrier_slow: "接口太慢，先用备用号、换快递或贴临时面单", "answers too late: pooled numbers, another carrier or temporary labels for now";
    carrier_no_account: "这台工作站没有它的账号：在 station.toml 里加上", "this station has no account for it: add one to its station.toml";
    carrier_busy: "限流，稍后自动重试", "limits the rate: asked again by itself";
    chosen_by: "选择依据", "Chosen by";
    freight: "运费（元）", "Freight (yuan)";
    waybill_id: "运单 ID", "Waybill id";
    wave: "波次", "Wave";
    no_number: "还没有运单号", "No number yet";
    number_temporary: "待换单", "temporary";
    number_child: "子单", "further box";
    number_void: "已作废", "void";
    receiver: "收件人", "Receiver";
    no_receiver: "没有收件信息", "No receiver on file";
    goods: "商品", "Goods";
    quantity: "数量", "Quantity";
    line_refunded: "已退款", "refunded";
    line_cancelled: "已取消", "cancelled";
    ship_by: "最晚发货", "Ship by";
    station: "工作站", "Station";
    membership: "是否加入", "Joined";
    joined: "已加入", "Joined";
    not_joined: "未加入", "Not joined";
    last_seen: "最近联系", "Last seen";
    never: "从未", "never";
    clock_error: "时钟误差", "Clock error";
    entries: "记录", "Entries";
    missing: "缺失", "Missing";
    waves: "波次", "Waves";
    no_waves: "还没有波次：用 milepost wave release 放，或在 warehouse.toml 里写 [[release]]", "No waves yet: release one with `milepost wave release`, or plan them as [[release]] in warehouse.toml";
    to_go_by: "{carrier} {warehouse} {at}：还剩 {left} 件，{unpicked} 件没拣", "{carrier} {warehouse} {at}: {left} to go, {unpicked} not picked";
    to_go: "{carrier} {warehouse}，没设截单时间：还剩 {left} 件，{unpicked} 件没拣", "{carrier} {warehouse}, no cut-off set: {left} to go, {unpicked} not picked";
    pace_done: "照现在的速度 {at}", "at this pace {at}";
    pace_none: "近 3 小时没有打包", "none packed in the last 3 hours";
    pace_per_hour: "每小时 {count} 件", "{count} an hour";
    pickup_at: "{at} 来车", "driver {at}";
    in_no_wave: "{count} 件没下波次", "{count} in no wave";
    wave_for: "截单", "Cut-off";
    wave_numbers: "单号已到", "Numbers";
    flow_waybill_first: "先打单", "labels first";
    flow_item_first: "货找单", "goods first";
    zone: "库区", "Zone";
    zone_mixed: "跨区", "mixed";
    exception_not_released: "波次没放", "Wave not released";
    exception_check_forced: "组长放行", "Passed by a lead";
    exception_barcode_taught: "教了条码", "Barcode taught";
    exception_barcode_refused: "教错条码", "Barcode not taught";
    handovers: "交接", "Handovers";
    handover: "交接单", "Handover";
    no_handovers: "还没有交接", "No handovers yet";
    plate: "车牌", "Plate";
    opened_at: "开始", "Opened";
    closed_at: "完成", "Closed";
    loading: "装车中", "Loading";
    parcels: "件数", "Parcels";
    parcels_of: "{heard}，装车口数了 {counted}", "{heard}, the dock counted {counted}";
    no_stations: "还没有工作站：用 milepost hub invite 邀请一台", "No stations yet: let one join with `milepost hub invite`";
    no_exceptions: "没有需要处理的异常", "Nothing needs a person";
    exception_held: "订单挂起", "Order on hold";
    exception_fork: "两份历史", "Two histories";
    exception_station_went_back: "工作站数据回退", "Station went back";
    exception_entries_missing: "中心丢了记录", "Entries missing";
    exception_head_differs: "两边记录不一致", "Entries differ";
    exception_carrier_given_up: "取不到单号", "No numbers";
    exception_number_at_two_stations: "一号两台", "One number, two stations";
    exception_number_twice: "一号两包", "One number, two parcels";
    exception_entries_lost: "记录丢失", "Entries lost";
    log_in: "组长登录", "Lead's log-in";
    log_out: "退出", "Log out";
    log_in_badge: "请扫组长工牌", "Scan a lead's badge";
    log_in_never: "这里没有加密，工牌会被人看到：在中心的机器上登录，或在前面加 TLS 代理（hub.toml 的 behind_tls）", "Nothing is encrypted here, and a badge could be read along: log in on the hub's machine, or put a TLS proxy before it (behind_tls in hub.toml)";
    log_in_refused: "这不是组长的工牌，或已作废", "This is no lead's badge, or one that was revoked";
    people: "人员", "People";
    people_id: "工号", "Number";
    people_name: "姓名", "Name";
    people_issue: "发工牌", "Issue a badge";
    people_hint: "原来的工牌随之作废；组长的工牌在中心的机器上发：milepost sheet badge", "Badges they had are revoked by it. A lead's badge is issued on the hub's machine: milepost sheet badge";
    people_lead: "组长", "Lead";
    people_revoked: "已作废", "Revoked";
    people_revoke: "作废", "Revoke";
    people_once: "只显示这一次：现在打印", "Shown this once: print it now";
    act_close: "看过了", "Seen to";
    act_unteach: "教错了，删掉", "Wrong, remove it";
    act_resume: "放行", "Let it go on";
    exception_journal_damaged: "工作站文件损坏", "Station's file damaged";
    exception_waybill_conflict: "单号对不上", "Numbers differ";
    exception_waybill_refused: "快递不接", "Refused by the carrier";
    exception_cancel_refused: "快递不让取消", "Can't be cancelled";
    exception_temporary_label: "待换单", "Temporary label";
    exception_order_left: "打包后改单", "Changed after packing";
    exception_short_pick: "拣货缺货", "Short pick";
    exception_left_cancelled: "取消了还是发了", "Cancelled, and left";
    exception_not_shipped: "打包未出库", "Packed, not shipped";
    exception_unregistered: "备用号待登记", "Number to register";
    exception_route_differs: "分拣码不对", "Wrong sorting code";
    exception_pool_low: "备用号不够", "Too few spare numbers";
    exception_pool_ending: "备用号快到期", "Spare numbers end";
    exception_file_refused: "文件有错", "File refused";
    exception_folder_away: "文件夹不通", "Folder away";
    error_column: "错误", "error";
    exception_chain_broken: "记录链断裂", "Chain broken";
    cutoff_next: "{carrier} {warehouse} {at} 截单，还有 {left}", "{carrier} {warehouse} cut-off {at}, {left} left";
    cutoff_none: "{carrier} {warehouse} 没设截单时间", "{carrier} {warehouse}: no cut-off set";
    cutoff_labels: "{count} 件待换单，{ready} 件号已到", "{count} to relabel, {ready} with their number";
    journal_damaged: "本机数据文件损坏：请重启工作站", "This station's file is damaged: restart the station";
    exception_sign_doubted: "签收可疑", "Doubtful sign";
    exception_never_handed_over: "未出库先揽收", "Collected, not shipped";
    exception_carrier_problem: "快递问题件", "Carrier's problem";
    exception_stale: "轨迹停滞", "No news";
    phase_awaited: "待揽收", "awaiting collection";
    phase_collected: "已揽收", "collected";
    phase_in_transit: "运输中", "in transit";
    phase_out_for_delivery: "派送中", "out for delivery";
    phase_held_at_point: "待取件", "held at point";
    phase_delivery_failed: "派送失败", "delivery failed";
    phase_delivered: "已签收", "delivered";
    phase_returning: "退回中", "returning";
    phase_returned: "已退回", "returned";
    phase_problem: "问题件", "problem";
    doubt_signed_without_dispatch: "签收前没有派送", "nobody set out to deliver it";
    doubt_signed_before_collection: "签收早于揽收", "it was signed before it was collected";
    doubt_signed_too_soon: "刚揽收就在异地签收", "it was signed in another city right after its collection";
    doubt_scanned_after_sign: "签收后又有轨迹", "it went on after the sign";
    doubt_signed_on_the_way_back: "退回途中签收", "it was signed on its way back";
    doubt_signed_at_point: "没有入站记录，却在驿站或快递柜由“本人”签收", "the receiver is said to have signed at a station or locker where it never lay";
    doubt_signed_twice: "这个包裹的另一个运单号也签收了", "another number of this parcel was signed for too";
    doubt_never_handed_over: "没有出库就被揽收", "it was collected before anybody shipped it";
    observed: "快递告知", "as the carrier says";
    observed_hint: "快递自己的记录和时钟", "The carrier's own record, by its own clock";
    way: "快递轨迹", "Carrier's way";
    way_since: "自", "since";
    way_heard: "最近轨迹", "last heard";
    way_stale: "停滞", "stale";
    way_stale_hint: "太久没有新轨迹，当前状态可能已过时", "Nothing was heard for too long: this may be out of date";
    way_doubted: "可疑", "Doubtful";
    rules: "快递规则", "Carrier rules";
    rules_version: "版本", "Version";
    rules_of_config: "中心配置里的", "the hub's config";
    rules_none: "没有规则：没指定快递的订单都走配置里的 carrier", "No rules: every order that names no carrier goes with the config's `carrier`";
    rules_by: "发布人", "Published by";
    rules_since: "生效于", "since";
    rules_hint: "先用昨天的订单预览，再发布：", "Preview with yesterday's orders, then publish:";
    rules_chose: "昨天的订单怎么选的", "What yesterday's orders got";
    rules_no_orders: "昨天没有订单", "No order came yesterday";
    rules_nobody: "单没有快递可走，在等人处理", "orders got no carrier and wait for a person";
    rules_unasked: "单没有经过规则", "orders were not asked of any rule";
    rules_versions: "发布记录", "What was published";
    rules_no_versions: "还没有发布过", "Nothing was published yet";
    rules_file: "文件", "File";
    rules_hash: "哈希", "Hash";
    rules_back_to: "退回到", "back to";
    rule: "规则", "Rule";
    rule_when: "条件", "When";
    rule_then: "走哪家", "Then";
    rule_gone: "已不生效", "no longer in force";
    rule_named: "指定快递", "Named";
    rule_wide: "这条规则管了六成以上的订单：看看条件是不是比想的宽", "This rule decides more than 60 % of the orders: check that its condition isn't wider than you mean";
    then_cheapest: "运费最低", "the cheapest";
    share: "占比", "Share";
    freight_each: "每单", "Each";
    owner: "谁处理", "Owner";
    owner_office: "办公室", "Office";
    owner_lead: "组长", "Lead";
    owner_admin: "管理员", "Admin";
    kind: "类型", "Kind";
    subject: "对象", "Subject";
    detail: "说明", "Detail";
    since: "持续", "Age";
    just_now: "刚刚", "just now";
    seconds_ago: "秒前", "s ago";
    minutes_ago: "分钟前", "min ago";
    hours_ago: "小时前", "h ago";
    days_ago: "天前", "days ago";
    minutes: "分钟", "min";
    hours: "小时", "h";
    days: "天", "days";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_both_languages() {
        let mark = ["left_before", "pending_after"];
        for key in Words::KEYS {
            let (zh, en) = (ZH.get(key).expect("of the table"), EN.get(key).expect("of the table"));
            assert!(!zh.is_empty(), "{key} has no Chinese");
            assert!(!en.is_empty() || mark.contains(key), "{key} has no English");
            let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            // Each language is named in itself.
            assert!(han(en) == (*key == "other_language"), "{key}: {en}");
            assert!(han(zh) || *key == "other_language", "{key}: {zh}");
        }
    }
}
