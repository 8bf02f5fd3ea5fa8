//! What carriers and platforms are called at the bench, in two languages.

use crate::domain::order::{CarrierCode, WaybillSource};

pub fn carrier_zh(carrier: CarrierCode) -> &'static str {
    match carrier {
        CarrierCode::Sf => "顺丰",
        CarrierCode::Zto => "中通",
        CarrierCode::Jd => "京东",
    }
}

pub fn carrier_en(carrier: CarrierCode) -> &'static str {
    match carrier {
        CarrierCode::Sf => "SF",
        CarrierCode::Zto => "ZTO",
        CarrierCode::Jd => "JD",
    }
}

/// Whose print component; where a source tells no platform, the platform's.
pub fn platform_zh(source: WaybillSource) -> &'static str {
    match source {
        WaybillSource::Cainiao => "菜鸟",
        WaybillSource::Douyin => "抖店",
        WaybillSource::Pinduoduo => "拼多多",
        WaybillSource::Kuaishou => "快手",
        WaybillSource::Jd => "京东",
        WaybillSource::Erp | WaybillSource::Wechat | WaybillSource::Direct => "平台",
    }
}

pub fn platform_en(source: WaybillSource) -> &'static str {
    match source {
        WaybillSource::Cainiao => "Cainiao's",
        WaybillSource::Douyin => "Douyin's",
        WaybillSource::Pinduoduo => "Pinduoduo's",
        WaybillSource::Kuaishou => "Kuaishou's",
        WaybillSource::Jd => "JD's",
        WaybillSource::Erp | WaybillSource::Wechat | WaybillSource::Direct => "the platform's",
    }
}
