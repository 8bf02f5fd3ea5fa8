//! Our labels before somebody else's eyes: zebrash draws our ZPL, Python our CPCL, EPL2 and ESC/POS, zxing-cpp reads our
//! barcodes. Never skipped: without the judges these tests fail and say how to install them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use drivers::bitmap::Bitmap;
use drivers::label::{Element, Label, Symbology};
use drivers::printer::language;
use drivers::printer::profile::{Compression, Profile};
use drivers::printer::status::Fault;
use milepost::label::{Fonts, Templates, fonts, render};
use milepost::sim::printer;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::labels::filling_for;
use super::printers::{MODELS, assert_as_drawn, block_on};

/// Quiet zone around a barcode that stands alone, in modules.
const QUIET: u32 = 12;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn ask(program: &Path, script: &str, question: &str) -> String {
    let mut child = Command::new(program)
        .arg(root().join("tests/judges").join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}: run tests/judges/install", program.display()));
    child.stdin.take().unwrap().write_all(question.as_bytes()).unwrap();
    let answer = child.wait_with_output().unwrap();
    assert!(answer.status.success(), "{script} failed: run tests/judges/install");
    String::from_utf8(answer.stdout).unwrap()
}

#[derive(Debug, PartialEq, serde::Deserialize)]
pub struct Read {
    format: String,
    pub text: String,
    aim: String,
}

fn python() -> PathBuf {
    root().join("target/judges/python/bin/python")
}

pub fn zxing(pictures: &[PathBuf]) -> Vec<Vec<Read>> {
    let list: String = pictures.iter().map(|path| format!("{}\n", path.display())).collect();
    serde_json::from_str(&ask(&python(), "decode.py", &list)).unwrap()
}

/// A grey picture's dots.
fn dots(path: &Path) -> Bitmap {
    let mut decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path).unwrap()));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    let samples = info.color_type.samples();
    let mut bitmap = Bitmap::new(info.width, info.height);
    for y in 0..info.height {
        for x in 0..info.width {
            if bytes[(y * info.width + x) as usize * samples] < 128 {
                bitmap.set(x, y);
            }
        }
    }
    bitmap
}

#[test]
fn zebrash_draws_every_template_dot_for_dot_in_every_packing() {
    let folder = tempfile::tempdir().unwrap();
    let templates = Templates::builtin();
    let fonts = Fonts::load(&[fonts::DEFAULT_PATH]);
    let zpl = language::kind_of("zpl").unwrap().language;
    let (mut jobs, mut expected) = (Vec::new(), Vec::new());
    for template in templates.iter() {
        let label = render(template, &filling_for(template), &fonts, 203).unwrap();
        for (packing, compression) in
            [("hex", vec![]), ("acs", vec![Compression::Acs]), ("z64", vec![Compression::Z64])]
        {
            let profile = Profile { compression, ..Profile::default() };
            let file = folder.path().join(format!("{}-{packing}.zpl", template.name));
            std::fs::write(&file, zpl.job(&label, &profile).unwrap()).unwrap();
            let png = file.with_extension("png");
            jobs.push(serde_json::json!({
                "zpl": file, "png": png, "width_mm": template.width_mm, "height_mm": template.height_mm
            }));
            expected.push((png, label.raster().unwrap()));
        }
    }
    ask(Path::new("node"), "zpl_render.cjs", &serde_json::to_string(&jobs).unwrap());
    for (png, raster) in expected {
        let drawn = dots(&png);
        assert_eq!((drawn.width(), drawn.height()), (raster.width(), raster.height()), "{}", png.display());
        assert!(drawn == raster, "{} differs from our raster", png.display());
    }
}

#[test]
fn python_draws_every_template_dot_for_dot_in_cpcl_epl_and_escpos() {
    let folder = tempfile::tempdir().unwrap();
    let templates = Templates::builtin();
    let fonts = Fonts::load(&[fonts::DEFAULT_PATH]);
    let (mut tasks, mut expected) = (Vec::new(), Vec::new());
    for model in MODELS {
        let profile = Profile::builtin(model.profile).unwrap();
        if !["cpcl", "epl", "escpos"].contains(&profile.language.as_str()) {
            continue;
        }
        let language = language::kind_of(&profile.language).unwrap().language;
        for template in templates.iter() {
            let label = render(template, &filling_for(template), &fonts, 203).unwrap();
            let job = folder.path().join(format!("{}-{}", template.name, model.profile));
            std::fs::write(&job, language.job(&label, &profile).unwrap()).unwrap();
            let png = job.with_extension("png");
            tasks.push(serde_json::json!({ "language": profile.language, "job": job, "png": png }));
            expected.push((model, png, label));
        }
    }
    ask(&python(), "rasters.py", &serde_json::to_string(&tasks).unwrap());
    assert!(expected.len() >= 4 * templates.iter().count(), "four kinds of printers");
    for (model, png, label) in expected {
        assert_as_drawn(model, &dots(&png), &label);
    }
}

/// Epson's status bytes, every mix of them, and those of our simulator.
#[test]
fn python_reads_a_receipt_printers_answers_as_we_do() {
    let mut answers: Vec<Vec<u8>> = vec![b"ready".to_vec(), vec![0x12; 3], vec![0x12, 0x12, 0x92, 0x12]];
    for bits in 0..1u32 << 9 {
        let on = |bit: u32, value: u8| if bits >> bit & 1 == 1 { value } else { 0 };
        let why = 0x12 | on(1, 0x04) | on(2, 0x20) | on(3, 0x40);
        let error = 0x12 | on(4, 0x04) | on(5, 0x08) | on(6, 0x20) | on(7, 0x40);
        answers.push(vec![0x12 | on(0, 0x08), why, error, 0x12 | on(8, 0x60)]);
        answers.push(vec![0x16 | on(0, 0x08), why, error, 0x1e]);
    }
    let by_rule = answers.len();
    block_on(async { answers.extend(simulated().await) });
    let hex: Vec<String> =
        answers.iter().map(|answer| answer.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
    let read: Vec<Option<Vec<String>>> =
        serde_json::from_str(&ask(&python(), "dle_eot.py", &serde_json::to_string(&hex).unwrap())).unwrap();
    let ours = language::kind_of("escpos").unwrap().language.questions()[0].read;
    for (answer, theirs) in answers.iter().zip(&read) {
        let reading = ours(answer, &Profile::default());
        let Some(words) = theirs else {
            assert_eq!(reading, None, "{answer:02x?}");
            continue;
        };
        let word = reading.unwrap_or_else(|| panic!("{answer:02x?}: {words:?}")).fault.map(|fault| match fault {
            Fault::CoverOpen => vec!["cover"],
            Fault::PaperOut => vec!["paper"],
            Fault::Cutter => vec!["cutter"],
            Fault::Overheated => vec!["overheated"],
            _ => vec!["error", "offline", "recoverable", "unrecoverable"],
        });
        let agrees =
            word.as_ref().map_or(words.is_empty(), |word| words.iter().any(|told| word.contains(&told.as_str())));
        assert!(agrees, "{answer:02x?}: they read {words:?}, we {word:?}");
    }
    let simulated: Vec<Vec<String>> = read[by_rule..].iter().cloned().map(Option::unwrap).collect();
    let told = [&[][..], &["offline", "paper"], &["cover", "offline"], &["error", "offline", "recoverable"], &[]];
    assert_eq!(simulated, told);
}

/// What our simulated printer answers when it is ready, without paper, open, jammed and low on paper.
async fn simulated() -> Vec<Vec<u8>> {
    let sim = printer::start(printer::Language::EscPos, printer::Options::default()).await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(sim.addr).await.unwrap();
    let mut answers = Vec::new();
    let faults =
        [printer::Fault::PaperOutAfter(0), printer::Fault::CoverOpen, printer::Fault::Jam, printer::Fault::NearEnd];
    for fault in std::iter::once(None).chain(faults.map(Some)) {
        sim.clear_faults();
        fault.into_iter().for_each(|fault| sim.set_fault(fault));
        let mut answer = vec![0; 4];
        stream.write_all(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04").await.unwrap();
        stream.read_exact(&mut answer).await.unwrap();
        answers.push(answer);
    }
    answers
}

#[test]
fn zxing_reads_every_barcode_of_every_template() {
    let folder = tempfile::tempdir().unwrap();
    let templates = Templates::builtin();
    let fonts = Fonts::load(&[fonts::DEFAULT_PATH]);
    let (mut files, mut expected) = (Vec::new(), Vec::new());
    for template in templates.iter() {
        for dpi in [203, 300] {
            let label = render(template, &filling_for(template), &fonts, dpi).unwrap();
            let file = folder.path().join(format!("{}-{dpi}.png", template.name));
            std::fs::write(&file, label.raster().unwrap().to_png(dpi)).unwrap();
            files.push(file);
            let mut texts: Vec<(&str, String)> = label.elements.iter().filter_map(code_of).collect();
            texts.sort();
            expected.push(texts);
        }
    }
    for ((file, expected), read) in files.iter().zip(expected).zip(zxing(&files)) {
        let mut texts: Vec<(&str, String)> = read.iter().map(|read| (&read.aim[..2], read.text.clone())).collect();
        texts.sort();
        assert_eq!(texts, expected, "{}", file.display());
        assert!(!texts.is_empty(), "{}", file.display());
    }
}

/// AIM identifier and text of a barcode element.
fn code_of(element: &Element) -> Option<(&'static str, String)> {
    match element {
        Element::Bars { data, symbology: Symbology::Code128, .. } => Some(("]C", data.clone())),
        Element::Bars { data, symbology: Symbology::Ean, .. } => Some(("]E", data.clone())),
        Element::Qr { data, .. } => Some(("]Q", data.clone())),
        _ => None,
    }
}

fn alone(symbology: Symbology, data: &str) -> Vec<u8> {
    let module = 2;
    let width = (symbology.bars(data).unwrap().modules() + 2 * QUIET) * module;
    let bars = Element::Bars {
        x: (QUIET * module) as i32,
        y: 20,
        module,
        height: 80,
        turned: false,
        symbology,
        data: data.to_owned(),
    };
    let label = Label { width_dots: width, height_dots: 120, dpi: 203, elements: vec![bars] };
    label.raster().unwrap().to_png(203)
}

fn samples(pattern: &str, count: usize) -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let strategy = proptest::string::string_regex(pattern).unwrap();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn zxing_reads_any_text_in_code_128_and_any_ean() {
    let folder = tempfile::tempdir().unwrap();
    let mut cases: Vec<(Symbology, String)> = Vec::new();
    for (pattern, count) in [
        ("[ -~]{1,30}", 120),
        ("[A-Z]{0,4}[0-9]{1,20}", 60),
        ("([0-9]{1,5}[A-Za-z-]{1,3}){1,4}", 60),
        ("[\\x01-\\x7f]{1,20}", 60),
    ] {
        cases.extend(samples(pattern, count).into_iter().map(|text| (Symbology::Code128, text)));
    }
    for digits in samples("[0-9]{7}", 20).into_iter().chain(samples("[0-9]{12}", 40)) {
        let check = drivers::barcode::ean::check_digit(&digits);
        cases.push((Symbology::Ean, format!("{digits}{check}")));
    }
    let files: Vec<PathBuf> = (0..cases.len()).map(|index| folder.path().join(format!("{index}.png"))).collect();
    for (file, (symbology, text)) in files.iter().zip(&cases) {
        std::fs::write(file, alone(*symbology, text)).unwrap();
    }
    for ((symbology, text), read) in cases.iter().zip(zxing(&files)) {
        let aim = match symbology {
            Symbology::Code128 => "]C0",
            Symbology::Ean if text.len() == 8 => "]E4",
            Symbology::Ean => "]E0",
        };
        let [only] = &read[..] else { panic!("{symbology:?} {text:?}: {read:?}") };
        assert_eq!((&only.aim[..], &only.text), (aim, text), "{symbology:?}");
    }
}

#[test]
fn the_simulators_reader_agrees_with_zxing_on_our_barcodes() {
    let folder = tempfile::tempdir().unwrap();
    let texts = samples("[ -~]{4,20}", 60);
    let files: Vec<PathBuf> = (0..texts.len()).map(|index| folder.path().join(format!("{index}.png"))).collect();
    for (file, text) in files.iter().zip(&texts) {
        std::fs::write(file, alone(Symbology::Code128, text)).unwrap();
    }
    for (file, read) in files.iter().zip(zxing(&files)) {
        let theirs: Vec<&str> = read.iter().map(|read| read.text.as_str()).collect();
        assert_eq!(milepost::sim::printer::read128::read(&dots(file)), theirs);
    }
}

/// The test codes for scanners, as a browser shows them on a screen: the bars once were of broken pixels.
#[test]
fn the_scanners_test_sheet_can_be_read_from_a_screen() {
    let folder = tempfile::tempdir().unwrap();
    let (page, picture) = (folder.path().join("sheet.html"), folder.path().join("sheet.png"));
    std::fs::write(&page, drivers::scanner::selftest::sheet().unwrap()).unwrap();
    let shown = Command::new("chromium-headless-shell")
        .args(["--no-sandbox", "--window-size=1200,2200"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("file://{}", page.display()))
        .stderr(Stdio::null())
        .status();
    assert!(shown.expect("chromium is there: run tests/run").success());
    let read = zxing(&[picture]).remove(0);
    for code in drivers::scanner::selftest::CODES {
        assert!(read.iter().any(|read| read.text == code.text()), "{}: {read:?}", code.title);
    }
}
