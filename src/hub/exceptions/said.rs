//! What an exception says, in two languages: what happened, and what to do.

use super::Exception;
use crate::domain::id::{OrderNo, Sku};
use crate::domain::journey::Doubt;
use crate::hub::releases::PlanTrouble;
use crate::words::{Language, Words};

impl Exception {
    pub(super) fn zh(&self) -> String {
        match self {
            Exception::Fork { epoch, seq } => {
                format!("第 {seq} 条记录（{epoch}）来了两份，内容不同：查这台工作站的数据是不是被复制或还原过")
            }
            Exception::StationWentBack { ends, received } => {
                format!("现在只到第 {ends} 条，之前已收到第 {received} 条：查它的磁盘，别把旧数据拷回去")
            }
            Exception::ChainBroken { epoch, seq } => {
                format!("第 {seq} 条记录（{epoch}）接不上前一条：在工作站上运行 milepost journal verify")
            }
            Exception::EntriesMissing { epoch, first, count } => format!(
                "已收到的记录少了 {count} 条，从第 {first} 条（{epoch}）起，工作站正在重传：查中心的磁盘，查谁动过它的数据"
            ),
            Exception::HeadDiffers { epoch, seq } => format!(
                "第 {seq} 条记录（{epoch}）中心和工作站的不一样：先不要删数据，在工作站上运行 milepost journal verify，再查中心的磁盘"
            ),
            Exception::EntriesLost { epoch, gone } => {
                let gone: Vec<_> =
                    gone.iter().map(|(first, last, count)| format!("第 {first}–{last} 条里的 {count} 条")).collect();
                format!("工作站文件损坏，{epoch} 里{}没有了：问当班的人那时做了哪些单", gone.join("、"))
            }
            Exception::JournalDamaged { what } => format!("工作站文件损坏（{what}）：重启工作站，读得出的会接着用"),
            Exception::CarrierGivenUp { why } => Words::of(Language::Zh).state("carrier", why).to_owned(),
            Exception::NumberAtTwoStations { stations: [a, b] } => {
                format!("{a} 和 {b} 都有这个备用号：一台用了，另一台联网就丢掉；在那之前，不通的时候只让一台出单")
            }
            Exception::NumberTwice => "这个运单号给了两个包裹：两个都拦下，给其中一个换单".into(),
            Exception::WaybillConflict { number, carriers } => {
                format!("包裹上贴的是 {number}，快递那边是 {carriers}：拦下包裹，问快递认哪个，换单")
            }
            Exception::WaybillRefused { code, message } => {
                format!("快递不接（{code} {message}）：改好订单，或换快递")
            }
            Exception::CancelRefused { code, message } => {
                format!("订单已取消，快递不让取消（{code} {message}）：把包裹拦下")
            }
            Exception::SignDoubted { doubts } => {
                format!("快递说已签收，但{}：先别当签收，问快递和收件人", said(doubts, Language::Zh, "、"))
            }
            Exception::NeverHandedOver => "快递已揽收，这边没有出库记录：查包裹是不是没扫出库就给了快递".into(),
            Exception::CarrierProblem => "快递报问题件：问快递包裹在哪、怎么处理".into(),
            Exception::Stale { phase } => {
                format!("停在“{}”太久没有新轨迹：催快递", Words::of(Language::Zh).state("phase", phase.as_str()))
            }
            Exception::TemporaryLabel { number: None } => "贴着临时面单，正在等单号：先别交给快递".into(),
            Exception::TemporaryLabel { number: Some(number) } => format!("单号 {number} 到了：扫临时面单换单"),
            Exception::LeftCancelled => "订单取消了，包裹已经出库：请快递拦截退回，办完就关".into(),
            Exception::NotShipped { bag: None } => {
                "打包了还没出库：找到包裹，扫出库；不发了、找不到，就请办公室取消订单".into()
            }
            Exception::NotShipped { bag: Some(bag) } => {
                format!("在袋 {bag} 里，还没出库：找到袋子，在装车口扫袋码；不在袋里就单独扫出库")
            }
            Exception::Unregistered { number } => {
                format!("备用号 {number} 还没登记到快递：接口恢复后自动登记")
            }
            Exception::RouteDiffers { number } => {
                format!("{number} 面单上的分拣码是推定的，快递给的不一样：交接前补打")
            }
            Exception::OrderLeft { orders } => {
                format!("打包后改了单（{}），箱里和订单不一样：到打包台扫它的面单，改好再发", numbers(orders))
            }
            Exception::ShortPick { goods } => {
                format!("拣货缺 {}：补到货位再扫拣货单拣，或货到打包台扫“确认”", listed(goods, "、"))
            }
            Exception::PoolLow { free, wanted, why } => {
                format!("备用号只剩 {free} 个，应有 {wanted} 个，补不上（{why}）：修好账号，或导入网点给的号")
            }
            Exception::PoolEnding { count, first } => {
                format!("{count} 个备用号没人用，最早 {first} 到期：向快递要新号")
            }
            Exception::FileRefused { rows: 0, why } => {
                format!("整个文件用不了（{why}）：文件在 error 文件夹，改好放回原文件夹")
            }
            Exception::FileRefused { rows, why } => {
                format!("{rows} 行没收（{why}）：改好 error 文件夹里的 -errors.csv，放回原文件夹")
            }
            Exception::FolderAway { why } => format!("文件夹用不了（{why}）：接上共享，或给中心写权限；会自己再试"),
            Exception::NotReleased { trouble } => match trouble {
                PlanTrouble::NoStation { station } => {
                    format!("波次没放：{station} 还没加入中心，用 milepost hub invite 邀请，或在 warehouse.toml 换一台")
                }
                PlanTrouble::NoCarrier { orders } => {
                    format!("{orders} 单没进波次：没有快递能接，已挂起，改好订单再恢复，或改快递规则")
                }
                PlanTrouble::Refused { why } => format!("波次没放（{why}）：改好 warehouse.toml 再重启中心"),
            },
            Exception::LeadActed { acted } => acted.zh(),
            Exception::ErpRefused { code, message } => {
                format!("ERP 不收这条回传（{code} {message}）：在 ERP 里改好，再让中心重发（POST /v1/qimen/again）")
            }
            Exception::CertificateRefused { why } => format!("平板连的门没有证书（{why}）：改好后会自己再要"),
            Exception::Return(trouble) => trouble.zh(),
            Exception::ErpSilent { why } => format!("ERP 没有回应（{why}）：查网络和 [qimen] 的 endpoint；会自己再发"),
        }
    }

    pub(super) fn en(&self) -> String {
        match self {
            Exception::Fork { epoch, seq } => format!(
                "entry {seq} of epoch {epoch} came twice with different content: find out whether the station's disk was copied or restored"
            ),
            Exception::StationWentBack { ends, received } => format!(
                "it now ends at entry {ends}, but {received} were received: look at its disk, and bring no old journal back"
            ),
            Exception::ChainBroken { epoch, seq } => format!(
                "entry {seq} of epoch {epoch} does not follow the one before it: run `milepost journal verify` at the station"
            ),
            Exception::EntriesMissing { epoch, first, count } => format!(
                "of what was received {count} are gone, from entry {first} of epoch {epoch} on, and the station sends them again: look at the hub's disk, and who changed its store"
            ),
            Exception::HeadDiffers { epoch, seq } => format!(
                "entry {seq} of epoch {epoch} is not the same here and at the station: delete nothing, run `milepost journal verify` at the station, then look at the hub's disk"
            ),
            Exception::EntriesLost { epoch, gone } => {
                let gone: Vec<_> =
                    gone.iter().map(|(first, last, count)| format!("{count} of {first} to {last}")).collect();
                let gone = gone.join(", ");
                format!(
                    "the station's file was damaged: of epoch {epoch} are lost {gone}; ask who worked then what was packed"
                )
            }
            Exception::JournalDamaged { what } => {
                format!("{what}: restart the station, it takes over what can be read")
            }
            Exception::CarrierGivenUp { why } => Words::of(Language::En).state("carrier", why).to_owned(),
            Exception::NumberAtTwoStations { stations: [a, b] } => format!(
                "{a} and {b} both hold this number for outages: once one uses it the other drops it, as soon as it is online; until then let only one of them pack in an outage"
            ),
            Exception::NumberTwice => "this number was given to two parcels: stop both, and relabel one of them".into(),
            Exception::WaybillConflict { number, carriers } => format!(
                "the parcel bears {number}, and the carrier has {carriers}: stop it, ask the carrier which one counts, relabel it"
            ),
            Exception::WaybillRefused { code, message } => {
                format!("the carrier refuses it ({code} {message}): correct the order, or take another carrier")
            }
            Exception::CancelRefused { code, message } => {
                format!("the order is cancelled, and the carrier keeps it ({code} {message}): stop the parcel")
            }
            Exception::SignDoubted { doubts } => format!(
                "the carrier says signed, but {}: don't count it as delivered, ask the carrier and the receiver",
                said(doubts, Language::En, ", ")
            ),
            Exception::NeverHandedOver => {
                "the carrier collected it, and nobody here shipped it: find out who gave it away without a scan".into()
            }
            Exception::CarrierProblem => {
                "the carrier reports a problem: ask where the parcel is and what is done".into()
            }
            Exception::Stale { phase } => format!(
                "it is `{}` for too long without news: ask the carrier",
                Words::of(Language::En).state("phase", phase.as_str())
            ),
            Exception::TemporaryLabel { number: None } => {
                "it bears a temporary label and waits for its number: hand it to no driver yet".into()
            }
            Exception::TemporaryLabel { number: Some(number) } => {
                format!("its number {number} is there: scan the temporary label to replace it")
            }
            Exception::LeftCancelled => {
                "it is cancelled, and its parcel left: have its carrier stop it and bring it back, then close this".into()
            }
            Exception::NotShipped { bag: None } => {
                "packed, and nobody shipped it: find the parcel and scan it out; if it is not to leave, or lost, have the office cancel its order".into()
            }
            Exception::NotShipped { bag: Some(bag) } => format!(
                "it lies in bag {bag}, and nobody shipped it: find the bag and scan it at the dock; if it isn't in there, scan it out by itself"
            ),
            Exception::Unregistered { number } => format!(
                "its number {number} was held for outages and isn't the carrier's yet: it is registered when the carrier answers"
            ),
            Exception::RouteDiffers { number } => format!(
                "the label of {number} bears codes seen on other parcels, and the carrier gives others: reprint it before it is handed over"
            ),
            Exception::OrderLeft { orders } => format!(
                "{} changed after it was packed, and its box isn't what it wants now: scan its label at a bench and do what the screen says",
                numbers(orders)
            ),
            Exception::ShortPick { goods } => format!(
                "not found in the bin: {}: fill it up and scan the pick list again, or scan CONFIRM at the bench when they came",
                listed(goods, ", ")
            ),
            Exception::PoolLow { free, wanted, why } => format!(
                "of {wanted} numbers for outages {free} are free, and no more come ({why}): mend the account, or import numbers of the outlet's"
            ),
            Exception::PoolEnding { count, first } => {
                format!(
                    "{count} numbers for outages that nobody used end, the first on {first}: get new ones of the carrier"
                )
            }
            Exception::FileRefused { rows: 0, why } => {
                format!("the whole file can't be used ({why}): it lies in `error`, put it back when it is good")
            }
            Exception::FileRefused { rows, why } => {
                format!("{rows} rows were refused ({why}): correct its -errors.csv in `error` and put it back")
            }
            Exception::FolderAway { why } => {
                format!("it can't be used ({why}): mount it, or let the hub write there; it is tried again by itself")
            }
            Exception::NotReleased { trouble } => match trouble {
                PlanTrouble::NoStation { station } => format!(
                    "its wave isn't out, for {station} hasn't joined: invite it with `milepost hub invite`, or name another in warehouse.toml"
                ),
                PlanTrouble::NoCarrier { orders } => format!(
                    "{orders} orders stayed out, for no carrier takes them: they are held; mend and resume them, or change the routing rules"
                ),
                PlanTrouble::Refused { why } => {
                    format!("its wave isn't out ({why}): mend warehouse.toml and restart the hub")
                }
            },
            Exception::LeadActed { acted } => acted.en(),
            Exception::ErpRefused { code, message } => format!(
                "the ERP refuses this message ({code} {message}): mend it there, then have it told again: POST /v1/qimen/again"
            ),
            Exception::CertificateRefused { why } => {
                format!("its door for screens gets no certificate ({why}); it asks again by itself")
            }
            Exception::Return(trouble) => trouble.en(),
            Exception::ErpSilent { why } => format!(
                "the ERP doesn't answer ({why}): look at the network and `endpoint` of [qimen]; all is told again by itself"
            ),
        }
    }
}

/// Doubts in words.
fn said(doubts: &[Doubt], language: Language, between: &str) -> String {
    let words = Words::of(language);
    let word = |doubt: &Doubt| words.get(&format!("doubt_{}", doubt.as_str())).unwrap_or_default();
    doubts.iter().map(word).collect::<Vec<_>>().join(between)
}

pub(super) fn listed(goods: &[(Sku, u32)], between: &str) -> String {
    goods.iter().map(|(sku, quantity)| format!("{sku} × {quantity}")).collect::<Vec<_>>().join(between)
}

fn numbers(orders: &[OrderNo]) -> String {
    orders.iter().map(OrderNo::as_str).collect::<Vec<_>>().join(" ")
}
