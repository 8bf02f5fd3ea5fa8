//! Addresses and phones as channels really write them, taken apart.

use milepost::domain::address::{AddressError, has_districts, split};
use milepost::domain::phone::{self, PhoneError};

/// `province|city|district|town|detail|postcode`, empty where there is none.
fn levels(text: &str) -> String {
    match split(text) {
        Ok(address) => [
            address.province,
            address.city,
            address.district,
            address.town.unwrap_or_default(),
            address.detail,
            address.postcode.unwrap_or_default(),
        ]
        .join("|"),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn every_way_of_writing_comes_apart_the_same() {
    let cases = [
        ("浙江省 杭州市 余杭区 仓前街道 文一西路969号", "浙江省|杭州市|余杭区|仓前街道|文一西路969号|"),
        ("浙江省杭州市余杭区仓前街道文一西路969号", "浙江省|杭州市|余杭区|仓前街道|文一西路969号|"),
        ("浙江 杭州 余杭 文一西路969号", "浙江省|杭州市|余杭区||文一西路969号|"),
        ("浙江杭州余杭区文一西路969号", "浙江省|杭州市|余杭区||文一西路969号|"),
        ("浙江省余杭区文一西路969号", "浙江省|杭州市|余杭区||文一西路969号|"),
        ("杭州市余杭区文一西路969号", "浙江省|杭州市|余杭区||文一西路969号|"),
        ("中国浙江省杭州市余杭区文一西路969号(310000)", "浙江省|杭州市|余杭区||文一西路969号|310000"),
        (
            "吉林省 通化市 柳河县 柳河镇紫御府   七号楼    3单元   201室(135300)",
            "吉林省|通化市|柳河县|柳河镇|紫御府 七号楼 3单元 201室|135300",
        ),
        ("吉林省吉林市昌邑区解放大路1号", "吉林省|吉林市|昌邑区||解放大路1号|"),
        ("吉林市昌邑区解放大路1号", "吉林省|吉林市|昌邑区||解放大路1号|"),
        ("江苏省昆山市玉山镇前进路2号", "江苏省|苏州市|昆山市|玉山镇|前进路2号|"),
        ("四川省 凉山彝族自治州 西昌市 航天大道3号", "四川省|凉山彝族自治州|西昌市||航天大道3号|"),
        ("四川凉山州西昌市航天大道3号", "四川省|凉山彝族自治州|西昌市||航天大道3号|"),
        ("内蒙古 锡林郭勒盟 多伦县 诺尔镇会盟街4号", "内蒙古自治区|锡林郭勒盟|多伦县|诺尔镇|会盟街4号|"),
        ("广西省南宁市青秀区民族大道5号", "广西壮族自治区|南宁市|青秀区||民族大道5号|"),
        ("辽宁省大连市中山区中山路6号", "辽宁省|大连市|中山区||中山路6号|"),
        ("江西省 景德镇市 昌江区 景德镇路8号", "江西省|景德镇市|昌江区||景德镇路8号|"),
    ];
    for (text, expected) in cases {
        assert_eq!(levels(text), expected, "{text}");
    }
}

#[test]
fn municipalities_and_counties_without_a_city_are_filled() {
    let cases = [
        ("上海 上海市 闵行区 申贵路1500号", "上海市|上海市|闵行区||申贵路1500号|"),
        ("上海市闵行区申贵路1500号", "上海市|上海市|闵行区||申贵路1500号|"),
        ("上海上海市浦东新区世纪大道1号", "上海市|上海市|浦东新区||世纪大道1号|"),
        ("北京市 市辖区 朝阳区 三里屯街道工体北路9号", "北京市|北京市|朝阳区|三里屯街道|工体北路9号|"),
        ("重庆市 县 忠县 忠州街道白公路10号", "重庆市|重庆市|忠县|忠州街道|白公路10号|"),
        ("重庆 两江新区 金渝大道11号", "重庆市|重庆市|两江新区||金渝大道11号|"),
        ("湖北省 省直辖县级行政区划 仙桃市 干河街道钱沟路12号", "湖北省|仙桃市|仙桃市|干河街道|钱沟路12号|"),
        ("湖北省仙桃市干河街道钱沟路12号", "湖北省|仙桃市|仙桃市|干河街道|钱沟路12号|"),
        ("新疆 石河子市 北三路13号", "新疆维吾尔自治区|石河子市|石河子市||北三路13号|"),
        ("广东省 东莞市 南城街道 鸿福路14号", "广东省|东莞市||南城街道|鸿福路14号|"),
        ("广东省东莞市东莞市南城街道鸿福路14号", "广东省|东莞市||南城街道|鸿福路14号|"),
        ("香港特别行政区 中西区皇后大道15号", "香港特别行政区|香港特别行政区|||中西区皇后大道15号|"),
    ];
    for (text, expected) in cases {
        assert_eq!(levels(text), expected, "{text}");
    }
    assert!(!has_districts("广东省", "东莞市"));
    assert!(has_districts("广东省", "深圳市"));
    assert!(has_districts("湖北省", "仙桃市"));
}

#[test]
fn divisions_of_2019_2021_and_2024_are_known_and_older_suffixes_forgiven() {
    let cases = [
        ("山东省济南市莱芜区龙潭东大街1号", "山东省|济南市|莱芜区||龙潭东大街1号|"),
        ("浙江省杭州市临平区邱山大街2号", "浙江省|杭州市|临平区||邱山大街2号|"),
        ("新疆维吾尔自治区和田地区和康县团结路3号", "新疆维吾尔自治区|和田地区|和康县||团结路3号|"),
        ("上海市崇明县城桥镇人民路4号", "上海市|上海市|崇明区|城桥镇|人民路4号|"),
        ("江苏省 苏州市 工业园区 星湖街5号", "江苏省|苏州市|工业园区||星湖街5号|"),
        ("成都市高新区天府大道6号", "Province"),
        ("四川省成都市高新区天府大道6号", "四川省|成都市|高新区||天府大道6号|"),
        ("浙江省 杭州市 下城区 延安路7号", "浙江省|杭州市|下城区||延安路7号|"),
    ];
    for (text, expected) in cases {
        assert_eq!(levels(text), expected, "{text}");
    }
}

#[test]
fn rare_characters_stay_as_they_are() {
    assert_eq!(levels("广东省深圳市南山区𠮷祥街道㛃园·7栋"), "广东省|深圳市|南山区|𠮷祥街道|㛃园·7栋|");
}

#[test]
fn what_cannot_be_told_names_the_level() {
    let cases = [
        ("", AddressError::Empty),
        ("  \t ", AddressError::Empty),
        ("文一西路969号", AddressError::Province),
        ("南山区科技园1号", AddressError::Province),
        ("浙江省文一西路969号", AddressError::City),
        ("浙江省杭州市文一西路969号", AddressError::District),
        ("辽宁省大连市中山路6号", AddressError::District),
        ("浙江省杭州市余杭区", AddressError::Detail),
    ];
    for (text, expected) in cases {
        let error = split(text).expect_err(text);
        assert_eq!(error, expected, "{text}");
        assert!(text.trim().is_empty() || !error.to_string().contains(text.trim()), "{error}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic_and_nothing_is_lost(text in "[省市区县镇乡街道路号浙江杭州余上海吉林东莞 ()0-9a𠮷]{0,24}") {
        if let Ok(address) = split(&text) {
            let last = address.detail.chars().last().expect("a detail is never empty");
            proptest::prop_assert!(text.contains(last));
        }
    }
}

#[test]
fn phones_of_every_kind() {
    let cases = [
        ("13800000000", Ok(("13800000000", None))),
        ("+86 138 0000 0000", Ok(("13800000000", None))),
        ("86-13800000000", Ok(("13800000000", None))),
        ("8613800000000", Ok(("13800000000", None))),
        ("13800000000-1234", Ok(("13800000000", Some("1234")))),
        ("13800000000转1234", Err(PhoneError::Unknown)),
        ("0571-88888888", Ok(("0571-88888888", None))),
        ("057188888888", Ok(("0571-88888888", None))),
        ("02188888888", Ok(("021-88888888", None))),
        ("(0571)88888888-801", Ok(("0571-88888888", Some("801")))),
        ("400-800-8888", Ok(("4008008888", None))),
        ("", Err(PhoneError::Empty)),
        ("-", Err(PhoneError::Empty)),
        ("138****0000", Err(PhoneError::Masked)),
        ("+1 212 555 0100", Err(PhoneError::Unknown)),
        ("12345", Err(PhoneError::Unknown)),
    ];
    for (text, expected) in cases {
        let found = phone::parse(text);
        let found =
            found.as_ref().map(|phone| (phone.number.as_str(), phone.extension.as_deref())).map_err(|error| *error);
        assert_eq!(found, expected, "{text}");
    }
}
