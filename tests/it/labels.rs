//! The shipped templates: what each draws, what it refuses, and that nobody's name, phone or room is on it in full.

use std::fmt::Write as _;

use drivers::label::{Element, Label};
use milepost::domain::code::Code;
use milepost::domain::order::CarrierCode;
use milepost::domain::waybill::Origin;
use milepost::label::codes::{self, Family};
use milepost::label::filling::CodeData;
use milepost::label::{Filling, Fonts, LabelData, RenderError, Subject, Template, Templates, fonts, render};

/// The built-in font, so that drawings are the same on every machine.
fn fonts() -> Fonts {
    Fonts::load::<&str>(&[])
}

/// What a template is drawn with in tests.
pub fn filling_for(template: &Template) -> Filling {
    match template.subject {
        Subject::Waybill => data_for(&template.name).into(),
        other => Filling::example(other),
    }
}

/// The example as the template's kind of waybill needs it.
pub fn data_for(template: &str) -> LabelData {
    let mut carriers = CarrierCode::ALL.into_iter();
    let carrier = carriers.find(|carrier| template.starts_with(&format!("{}-", carrier.as_str())));
    let mut data = carrier.map_or_else(LabelData::example, LabelData::example_of);
    if template.contains("temporary") {
        data.waybill.number = milepost::domain::waybill::temporary_number(&data.waybill.id);
        data.waybill.origin = Origin::Temporary;
        data.waybill.routing.clear();
        data.piece = None;
    }
    data
}

/// A label as text, an element a line: place and size in dots, then what it says.
fn drawing(label: &Label) -> String {
    let mut text = format!("{} x {} dots, {} dpi\n", label.width_dots, label.height_dots, label.dpi);
    for element in &label.elements {
        match element {
            Element::Picture { x, y, dots, says } => {
                let says = says.replace('\n', " / ");
                write!(text, "text  {x:>4} {y:>4}  {} x {}  {says}", dots.width(), dots.height())
            }
            Element::Fill { x, y, width, height } => write!(text, "fill  {x:>4} {y:>4}  {width} x {height}"),
            Element::Invert { x, y, width, height } => write!(text, "swap  {x:>4} {y:>4}  {width} x {height}"),
            Element::Bars { x, y, module, height, turned, data, .. } => {
                let way = if *turned { "down" } else { "right" };
                write!(text, "bars  {x:>4} {y:>4}  module {module}, height {height}, {way}  {data}")
            }
            Element::Qr { x, y, cell, modules, data } => {
                write!(text, "qr    {x:>4} {y:>4}  {} cells of {cell}  {data}", modules.width())
            }
        }
        .expect("a String takes every write");
        text.push('\n');
    }
    text
}

/// Whoever sorts must be able to tell.
#[test]
fn a_label_with_learned_codes_says_so_and_no_other_does() {
    let (templates, fonts) = (Templates::builtin(), fonts());
    for carrier in CarrierCode::ALL.map(CarrierCode::as_str) {
        for name in ["76x130", "100x150", "76x130-reprint", "100x150-reprint"].map(|size| format!("{carrier}-{size}")) {
            let template = templates.get(&name).expect("a template");
            let mut data = data_for(&name);
            let says = |data: &LabelData| {
                drawing(&render(template, &data.clone().into(), &fonts, 203).expect("a label")).contains("按往单推定")
            };
            assert!(!says(&data), "{name}");
            data.waybill.origin = Origin::Pool;
            data.waybill.routing.insert("learned".into(), true.into());
            assert!(says(&data), "{name}");
        }
    }
}

/// Two packers reach into one tray.
#[test]
fn a_label_of_a_shared_printer_says_whose_it_is() {
    let (templates, fonts) = (Templates::builtin(), fonts());
    let is_waybill = |template: &&Template| template.carrier.is_some();
    for template in templates.iter().filter(is_waybill) {
        for in_wave in [true, false] {
            let mut data = data_for(&template.name);
            data.wave.take_if(|_| !in_wave);
            let says = |data: &LabelData| {
                let label = render(template, &data.clone().into(), &fonts, 203).expect("a label");
                drawing(&label).matches("bench-2").count()
            };
            assert_eq!(says(&data), if in_wave { 1 } else { 2 }, "{}", template.name);
            data.place = None;
            assert_eq!(says(&data), 0, "{}", template.name);
            data.place = Some("打包台一号左侧靠窗".into());
            assert_eq!(says(&data), 0, "a long name is drawn smaller, and stops no label");
        }
    }
}

#[test]
fn every_template_draws_as_reviewed() {
    let (templates, fonts) = (Templates::builtin(), fonts());
    for template in templates.iter() {
        let label = render(template, &filling_for(template), &fonts, 203).unwrap();
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
            insta::assert_snapshot!(format!("label-{}", template.name), drawing(&label));
        });
    }
}

#[test]
fn every_template_draws_at_other_resolutions_with_the_real_font() {
    let templates = Templates::builtin();
    let fonts = Fonts::load(&[fonts::DEFAULT_PATH]);
    assert!(fonts.problems().is_empty(), "run tests/judges/install: {:?}", fonts.problems());
    for template in templates.iter() {
        for dpi in [203, 300, 600] {
            let label = render(template, &filling_for(template), &fonts, dpi).unwrap();
            let raster = label.raster().unwrap();
            let black = raster.black_dots() as f64 / f64::from(raster.width() * raster.height());
            assert!((0.02..0.35).contains(&black), "{} at {dpi} dpi is {black:.2} black", template.name);
        }
    }
}

/// Whoever scans a command of a sheet is understood, whatever paper it is on.
#[test]
fn every_code_of_the_command_sheets_is_a_command() {
    let (templates, fonts) = (Templates::builtin(), fonts());
    let codes = |name: &str| {
        let template = templates.get(name).expect("a template");
        let label = render(template, &filling_for(template), &fonts, 203).expect("a sheet");
        let held = |element: &Element| match element {
            Element::Qr { data, .. } => Some(data.clone()),
            _ => None,
        };
        let mut codes: Vec<String> = label.elements.iter().filter_map(held).collect();
        codes.sort();
        codes
    };
    for (sheet, count) in [("commands", 20), ("commands-dock", 11)] {
        let large = codes(&format!("{sheet}-100x150"));
        assert_eq!((large.len(), &large), (count, &codes(&format!("{sheet}-76x130"))), "{sheet}");
        for code in large {
            assert!(matches!(Code::parse(&code), Code::Command(_)), "{code}");
        }
    }
}

/// What bars can't hold, or not on that paper, is a QR code; each label has one of them.
#[test]
fn a_code_is_bars_where_they_hold_it_and_else_a_qr_code() {
    let (templates, fonts) = (Templates::builtin(), fonts());
    let drawn = |paper: &str, data: &CodeData| {
        let template = Family::Code.on(paper, &templates).expect("a template");
        drawing(&render(template, &data.clone().into(), &fonts, 203).expect("a label"))
    };
    let slot = codes::slots("SZ-01", "wall-1", 1).expect("a slot").remove(0);
    let badge = codes::no_badge("李雷", "1001");
    for (paper, data, bars) in [
        ("60x40", codes::bin("B-12-03-04", "").expect("a bin"), true),
        ("60x40", codes::bin("B-12-03-045", "").expect("a bin"), false),
        ("60x40", slot.clone(), false),
        ("76x130", slot, true),
        ("76x130", badge.clone(), true),
        ("100x150", badge, true),
        ("100x150", codes::vehicle("粤B12345").expect("a plate"), false),
        ("100x150", codes::vehicle("B12345").expect("a plate"), true),
    ] {
        let text = drawn(paper, &data);
        let ends =
            |kind: &str| text.lines().filter(|line| line.starts_with(kind) && line.ends_with(&data.code)).count();
        assert_eq!((ends("bars"), ends("qr")), (usize::from(bars), usize::from(!bars)), "{paper}: {text}");
        assert!(text.contains(&data.title), "{text}");
    }
}

#[test]
fn a_label_without_its_routing_is_not_printable() {
    let templates = Templates::builtin();
    let mut data = LabelData::example();
    for empty in [None, Some(serde_json::json!("")), Some(serde_json::json!(null))] {
        data.waybill.routing.remove("dest_route_label");
        data.waybill.routing.extend(empty.map(|value| ("dest_route_label".to_owned(), value)));
        let error = render(templates.get("sf-100x150").unwrap(), &data.clone().into(), &fonts(), 203).unwrap_err();
        assert_eq!(
            error.to_string(),
            "sf-100x150 needs waybill.routing.dest_route_label, which is missing: the waybill is issued and not printable"
        );
    }
    let mut data = data_for("zto-76x130");
    data.waybill.routing.remove("mark");
    let error =
        render(templates.get("zto-76x130").unwrap(), &data.clone().into(), &fonts(), 203).unwrap_err().to_string();
    assert!(error.contains("waybill.routing.mark"), "{error}");
}

/// JD's barcode is that of a package; who pays is said only where it is known.
#[test]
fn a_jd_label_bears_its_packages_code() {
    let templates = Templates::builtin();
    let mut data = data_for("jd-76x130");
    let drawn = |data: &LabelData| {
        drawing(&render(templates.get("jd-76x130").unwrap(), &data.clone().into(), &fonts(), 203).unwrap())
    };
    assert!(drawn(&data).contains("JDVA01234567890-1-1-\n") && drawn(&data).contains("月结"));
    data.waybill.routing.insert("package_code".to_owned(), "JDVA01234567890-1-1-755".into());
    data.waybill.routing.remove("settle_type");
    assert!(drawn(&data).contains("JDVA01234567890-1-1-755\n") && !drawn(&data).contains("月结"));
    let long = "巴音郭楞蒙古自治州库尔勒市开发区营业部";
    data.waybill.routing.insert("end_site_name".to_owned(), long.into());
    assert!(drawn(&data).replace(" / ", "").contains(long), "a site's long name is written in two lines");
}

#[test]
fn carrier_number_and_template_belong_together() {
    let templates = Templates::builtin();
    let refused = |template: &str, change: fn(&mut LabelData)| {
        let mut data = data_for(template);
        change(&mut data);
        render(templates.get(template).unwrap(), &data.clone().into(), &fonts(), 203).unwrap_err()
    };
    let error = refused("sf-76x130", |data| data.waybill.carrier = CarrierCode::Zto);
    assert!(matches!(error, RenderError::Carrier { .. }), "{error}");
    let error = refused("sf-76x130", |data| data.waybill.origin = Origin::Temporary);
    assert!(matches!(error, RenderError::Origin { .. }), "{error}");
    let error = refused("sf-76x130", |data| data.waybill.number = "TMP-1".into());
    assert!(matches!(error, RenderError::Origin { .. }), "{error}");
    let error = refused("sf-76x130-temporary", |data| data.waybill.number = "SF1234567890123".into());
    assert!(matches!(error, RenderError::Origin { .. }), "a temporary label never shows a carrier's number: {error}");
}

#[test]
fn a_number_no_scanner_could_read_is_refused() {
    let templates = Templates::builtin();
    let template = templates.get("sf-76x130").unwrap();
    let mut data = LabelData { piece: None, ..LabelData::example() };
    for (number, says) in [
        ("SF1234567890123 ABCDEFGHIJKLMNOPQRSTUVWXYZ", "make it wider"),
        ("SF运单", "'运' can't stand in Code 128"),
        ("SF\u{7}", "no font has the character '\\u{7}'"),
    ] {
        data.waybill.number = number.into();
        let error = render(template, &data.clone().into(), &fonts(), 203).unwrap_err().to_string();
        assert!(error.contains(says), "{number:?}: {error}");
    }
}

#[test]
fn nobody_is_on_a_label_in_full() {
    let templates = Templates::builtin();
    for template in templates.iter() {
        let label = render(template, &filling_for(template), &fonts(), 203).unwrap();
        let drawing = drawing(&label).replace(" / ", "");
        for secret in ["欧阳", "13800138000", "1201室", "2单元", "88886666", "303室", "花漾仓配中心"] {
            assert!(!drawing.contains(secret), "{} shows {secret}:\n{drawing}", template.name);
        }
    }
}

#[test]
fn strange_text_is_printed_as_far_as_it_can_be() {
    let templates = Templates::builtin();
    let mut data = LabelData::example();
    let receiver = data.order.receiver.as_mut().unwrap();
    receiver.name = "𠮷野家".into();
    receiver.detail = "很长的地址".repeat(60);
    data.order.buyer_note = Some("^XA^FDhack^FS~JA\r\nPRINT 9\u{1b}!R 放门口🙏".into());
    let label = render(templates.get("sf-76x130").unwrap(), &data.clone().into(), &fonts(), 203).unwrap();
    let drawing = drawing(&label);
    assert!(drawing.contains("〓**"), "{drawing}");
    assert!(drawing.contains('…'), "the address ends visibly: {drawing}");
    assert!(drawing.contains("^XA^FDhack^FS~JA"), "a note is only dots, whatever it says: {drawing}");
}

#[test]
fn a_merged_parcel_of_many_lines_tells_how_many_are_left_out() {
    let templates = Templates::builtin();
    let mut data = LabelData::example();
    let line = data.order.lines[0].clone();
    data.lines = Some(vec![line; 25]);
    let label = render(templates.get("picklist-100x150").unwrap(), &data.clone().into(), &fonts(), 203).unwrap();
    let drawing = drawing(&label);
    assert_eq!(drawing.matches("HY-CREAM-50").count(), 8, "{drawing}");
    assert!(drawing.contains("还有 17 行，见屏幕"), "{drawing}");
}

#[test]
fn a_template_no_scanner_could_read_is_refused_when_loaded() {
    for (change, says) in [
        ("[element.barcode]\nw = 30.0", "make it wider"),
        ("[element.barcode]\nh = 5.0", "bars of 5 mm; they need 8 mm"),
        ("[element.number]\ny = 18.0", "element barcode: number is in its quiet zone"),
        ("[element.qr]\nw = 10.0", "make it wider"),
        ("[element.signature_box]\nh = 13.0", "it isn't on the paper of 76 × 130 mm"),
        ("[element.sender]\nmin_size = 9.0", "min_size is above size"),
        ("[element.sender]\nrotate = 45", "rotate can be 0 or 90"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine.toml"), format!("extends = 'sf-76x130'\n{change}")).unwrap();
        let error = Templates::builtin().with_dir(folder.path()).err().unwrap().to_string();
        assert!(error.contains(says), "{change}: {error}");
    }
}
