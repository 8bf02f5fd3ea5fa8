//! One exam for every printer language: the same labels, hostile ones among them, and what the bytes may contain.

use std::sync::Arc;

use drivers::bitmap::Bitmap;
use drivers::label::{Element, Label, Symbology};
use drivers::printer::language::KINDS;
use drivers::printer::profile::{Compression, Profile};
use milepost::label::{Fonts, LabelData, Templates, render};

fn profiles(language: &str) -> Vec<Profile> {
    let packings = [vec![], vec![Compression::Acs], vec![Compression::Z64], vec![Compression::Zlib]];
    packings
        .into_iter()
        .map(|compression| Profile { language: language.into(), compression, ..Profile::default() })
        .collect()
}

fn blank() -> Label {
    Label { width_dots: 608, height_dots: 1040, dpi: 203, elements: vec![] }
}

#[test]
fn what_a_customer_writes_never_becomes_a_command() {
    let templates = Templates::builtin();
    let fonts = Fonts::load::<&str>(&[]);
    let hostile = "^XZ^XA^FDx^FS~JA~DGR:A.GRF\r\nPRINT 99\r\nCLS\u{1b}!R\u{10}\u{1e}_5EXA";
    for kind in KINDS {
        for profile in profiles(kind.name) {
            let commands = |note: &str| {
                let mut data = LabelData::example();
                data.order.buyer_note = Some(note.into());
                data.order.receiver.as_mut().unwrap().detail = note.into();
                let label = render(templates.get("sf-76x130").unwrap(), &data, &fonts, 203).unwrap();
                let bytes = kind.language.job(&label, &profile).unwrap();
                // Binary data may hold any bytes by chance; a whole hostile word can't.
                for word in ["^FDx", "~JA", "~DG", "PRINT 99", "\u{1b}!R"] {
                    let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
                    assert!(!found, "{}: {word:?} is in the bytes", kind.name);
                }
                let prefixes = bytes.iter().filter(|byte| matches!(byte, b'^' | b'~')).count();
                (kind.name == "zpl").then_some(prefixes)
            };
            assert_eq!(commands(hostile), commands("放门口"), "{}: as many commands as with a kind note", kind.name);
        }
    }
}

#[test]
fn no_language_prints_solid_black_or_chokes_on_an_empty_label() {
    for kind in KINDS {
        for profile in profiles(kind.name) {
            let black = Element::Fill { x: 0, y: 0, width: 608, height: 1040 };
            let error = kind.language.job(&Label { elements: vec![black], ..blank() }, &profile).unwrap_err();
            assert!(error.to_string().contains("overheat"), "{}: {error}", kind.name);
            assert!(!kind.language.job(&blank(), &profile).unwrap().is_empty(), "{}", kind.name);
            assert!(kind.language.job(&Label { width_dots: 0, ..blank() }, &profile).is_err(), "{}", kind.name);
        }
    }
}

#[test]
fn a_barcode_that_cannot_be_is_an_error_in_every_language() {
    for kind in KINDS {
        let bars = Element::Bars {
            x: 0,
            y: 0,
            module: 2,
            height: 80,
            turned: false,
            symbology: Symbology::Ean,
            data: "690".into(),
        };
        let error = kind.language.job(&Label { elements: vec![bars], ..blank() }, &Profile::default()).unwrap_err();
        assert!(error.to_string().contains("690"), "{}: {error}", kind.name);
    }
}

#[test]
fn compression_is_used_where_the_profile_allows_it_and_only_there() {
    let mut dots = Bitmap::new(600, 1000);
    (0..1000).step_by(3).for_each(|y| dots.fill(10, y, 400, 1));
    let picture = Element::Picture { x: 0, y: 0, dots: Arc::new(dots), says: String::new() };
    let label = Label { elements: vec![picture], ..blank() };
    for kind in KINDS {
        let sizes: Vec<usize> =
            profiles(kind.name).iter().map(|profile| kind.language.job(&label, profile).unwrap().len()).collect();
        let [plain, acs, z64, zlib] = sizes[..] else { unreachable!("there are four profiles") };
        match kind.name {
            "zpl" => assert!(z64 < acs && acs < plain && zlib == plain, "{sizes:?}"),
            "tspl" => assert!(zlib * 8 < plain && acs == plain && z64 == plain, "{sizes:?}"),
            _ => assert!(sizes.iter().all(|size| *size == plain), "{sizes:?}"),
        }
    }
}
