//! One exam for every printer language: the same labels, hostile ones among them, and what the bytes may contain.

use std::sync::Arc;

use drivers::bitmap::Bitmap;
use drivers::label::{Element, Label, Symbology};
use drivers::printer::language::{self, KINDS};
use drivers::printer::profile::{Compression, Graphics, Profile};
use milepost::label::{Fonts, LabelData, Templates, render};

fn profiles(language: &str) -> Vec<Profile> {
    let packings = [vec![], vec![Compression::Acs], vec![Compression::Z64], vec![Compression::Zlib]];
    packings
        .into_iter()
        .map(|compression| Profile { language: language.into(), compression, ..Profile::default() })
        .collect()
}

/// The built-in profiles of a language.
fn models(language: &str) -> Vec<Profile> {
    let all = Profile::names().map(|name| Profile::builtin(name).unwrap());
    all.filter(|profile| profile.language == language).collect()
}

fn blank() -> Label {
    Label { width_dots: 608, height_dots: 1040, dpi: 203, elements: vec![] }
}

#[test]
fn what_a_customer_writes_never_becomes_a_command() {
    let templates = Templates::builtin();
    let fonts = Fonts::load::<&str>(&[]);
    let hostile = "^XZ^XA^FDx^FS~JA~DGR:A.GRF\r\nPRINT 99\r\nCLS\u{1b}!R\u{10}\u{1e}_5EXA\r\n! U1 setvar\r\n\
                   ! 0 200 200 9 9\r\nABORT\r\nP99\r\n^ee\r\n\u{10}\u{5}\u{2}\u{1d}V0";
    for kind in KINDS {
        for profile in profiles(kind.name).into_iter().chain(models(kind.name)) {
            let commands = |note: &str| {
                let mut data = LabelData::example();
                data.order.buyer_note = Some(note.into());
                data.order.receiver.as_mut().unwrap().detail = note.into();
                let label = render(templates.get("sf-76x130").unwrap(), &data.clone().into(), &fonts, 203).unwrap();
                let bytes = kind.language.job(&label, &profile).unwrap();
                // Binary data may hold any bytes by chance; a whole hostile word can't.
                for word in ["^FDx", "~JA", "~DG", "PRINT 99", "\u{1b}!R", "! U1", "200 9 9", "ABORT", "P99", "^ee"] {
                    let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
                    assert!(!found, "{}: {word:?} is in the bytes", kind.name);
                }
                let count = |commands: fn(&u8) -> bool| Some(bytes.iter().filter(|byte| commands(byte)).count());
                match kind.name {
                    "zpl" => count(|byte| matches!(byte, b'^' | b'~')),
                    "cpcl" if profile.graphics == Graphics::Hex => count(|byte| matches!(byte, b'\n' | 0x1b)),
                    _ => None,
                }
            };
            assert_eq!(commands(hostile), commands("放门口"), "{}: as many commands as with a kind note", kind.name);
        }
    }
}

/// Receipt printers obey these wherever they stand: an answer, an emptied buffer, an open drawer.
#[test]
fn no_label_of_dots_is_a_real_time_command() {
    let fonts = Fonts::load::<&str>(&[]);
    let escpos = language::kind_of("escpos").unwrap().language;
    let templates = Templates::builtin();
    let hazards =
        |bytes: &[u8]| bytes.windows(2).filter(|pair| pair[0] == 0x10 && matches!(pair[1], 0x04 | 0x05 | 0x14)).count();
    let mut in_dots = 0;
    for template in templates.iter() {
        let label = render(template, &super::labels::filling_for(template), &fonts, 203).unwrap();
        in_dots += hazards(label.raster().unwrap().bits());
        for profile in models("escpos") {
            assert_eq!(hazards(&escpos.job(&label, &profile).unwrap()), 0, "{}", template.name);
        }
    }
    assert!(in_dots > 0, "the templates hold what would be commands");
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
