//! Printed codes: what `milepost sheet` writes, prints and refuses; that a shift's codes are all on its paper; and the
//! station's page of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use milepost::domain::code::Code;
use milepost::sim::printer::{self, Fault, Language};

use crate::chromium::Browser;
use crate::judges::zxing;
use crate::story::script::{self, Verb};
use crate::story::shelf::{self, code};
use crate::world::World;

fn milepost(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_milepost")).args(["sheet"]).args(args).output().expect("the binary runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Draws into `folder`, and what a scanner reads from each picture.
fn drawn(args: &[&str], folder: &Path) -> Vec<(PathBuf, Vec<String>)> {
    let output = milepost(&[args, &["-o", folder.to_str().expect("text")]].concat());
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", said(&output));
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let texts = zxing(&files).into_iter().map(|read| read.into_iter().map(|read| read.text).collect());
    files.clone().into_iter().zip(texts).collect()
}

fn names(drawn: &[(PathBuf, Vec<String>)]) -> Vec<String> {
    drawn.iter().map(|(file, _)| file.file_name().expect("a name").to_string_lossy().into_owned()).collect()
}

fn badge_of(name: &str) -> String {
    code(&format!("badge {name}"))
}

/// Every sheet that a site prints, as a scanner reads its paper.
fn printed() -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let (packer, lead) = (badge_of("李雷"), badge_of("韩梅梅"));
    let sheets: &[&[&str]] = &[
        &["commands"],
        &["dock"],
        &["slots", "--station", "SZ-01", "--place", "bench-1"],
        &["picklists", "W1", "W2"],
        &["vehicles", "粤B12345"],
        &["badge", "li", "--name", "李雷", "--code", &packer],
        &["badge", "han", "--name", "韩梅梅", "--lead", "--code", &lead],
    ];
    let read = |(index, sheet): (usize, &&[&str])| drawn(sheet, &folder.path().join(index.to_string()));
    sheets.iter().enumerate().flat_map(read).flat_map(|(_, texts)| texts).collect()
}

/// Nothing is typed: whatever the story scans is on a sheet, on goods, or on a label.
#[test]
fn a_shift_can_be_done_with_printed_codes_and_a_scanner_alone() {
    let text = std::fs::read_to_string(crate::story::folder().join("shift-with-codes-alone.story")).expect("a story");
    let script = script::parse(&text).expect("a story that can be read");
    let printed = printed();
    let goods: BTreeSet<String> =
        shelf::items().into_iter().flat_map(|item| item.barcodes).map(|barcode| barcode.code).collect();
    let is_of_a_label = |text: &str| text.starts_with("SF1") || text.starts_with("DB2026");
    let scans: Vec<&String> =
        script.iter().filter_map(|act| if let Verb::Scan(name) = &act.verb { Some(name) } else { None }).collect();
    let own = scans.iter().filter(|name| !matches!(Code::parse(&code(name)), Code::Bare(_))).count();
    assert!(own > 20, "{own} codes of our own");
    for name in scans {
        let text = code(name);
        let there = match Code::parse(&text) {
            Code::Bare(_) => goods.contains(&text) || is_of_a_label(&text),
            _ => printed.contains(&text),
        };
        assert!(there, "`scan {name}` is {text}, which nobody printed");
    }
}

#[test]
fn each_label_holds_what_it_says_on_every_paper() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("bins.csv");
    std::fs::write(&list, "\u{feff}bin,text\nA-01-01,左上\nA-01-02\n,\nB-12-03-04-05,冷藏\n").expect("written");
    let list = list.to_str().expect("text");
    let station = folder.path().join("station.toml");
    std::fs::write(&station, "[[material]]\ncode = \"BOX-3\"\nname = \"3号纸箱\"\nweight_g = 120\n").expect("written");
    let station = station.to_str().expect("text");
    for (round, (args, files)) in [
        (vec!["bins", list, "C/1"], vec!["A-01-01.png", "A-01-02.png", "B-12-03-04-05.png", "C%2F1.png"]),
        (vec!["bins", list, "--dpi", "300"], vec!["A-01-01.png", "A-01-02.png", "B-12-03-04-05.png"]),
        (vec!["totes", "T098..T100", "X-1"], vec!["T098.png", "T099.png", "T100.png", "X-1.png"]),
        (vec!["totes", "T1", "--media", "76x130", "--dpi", "600"], vec!["T1.png"]),
        (vec!["vehicles", "粤b·12345", "B1"], vec!["B1.png", "粤B12345.png"]),
        (vec!["vehicles", "粤B12345", "--media", "60x40"], vec!["粤B12345.png"]),
        (vec!["materials", "--config", station], vec!["BOX-3.png"]),
        (vec!["slots", "--station", "SZ-01", "--place", "wall-1", "--count", "1"], vec!["SZ-01-wall-1-01.png"]),
    ]
    .into_iter()
    .enumerate()
    {
        let drawn = drawn(&args, &folder.path().join(round.to_string()));
        assert_eq!(names(&drawn), files, "{args:?}");
        for (file, texts) in drawn {
            let name = file.file_stem().expect("a name").to_string_lossy().replace("%2F", "/");
            let [text] = &texts[..] else { panic!("{}: {texts:?}", file.display()) };
            let held = match Code::parse(text) {
                Code::Bin(held) | Code::Tote(held) | Code::Vehicle(held) | Code::Material(held) => held,
                other => panic!("{}: {other:?}", file.display()),
            };
            assert_eq!(held, name);
        }
    }
}

#[test]
fn what_cant_be_printed_is_refused_with_the_cure_and_leaves_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("bins.csv");
    std::fs::write(&list, "A-01\nB 02\n").expect("written");
    let (list, out) = (list.to_str().expect("text"), folder.path().join("out"));
    for (args, says) in [
        (vec!["bins", "甲-01"], "bin \"甲-01\" holds '甲', which no scanner reads back safely: use letters, digits"),
        (vec!["bins", list], "bins.csv, line 2"),
        (vec!["bins", "A", "A"], "\"A\" stands there twice"),
        (vec!["bins", "A-0123456789-0123456789-0123456789-0123456789"], "longer than 40 characters"),
        (vec!["totes", "T050..T001"], "has nothing in it: the first is behind the last"),
        (vec!["totes", "T000001..T100000"], "these are 100000 labels and 1000 at once are the most"),
        (vec!["totes", "T1.."], "is no range: write the first and the last, e.g. T001..T050"),
        (vec!["slots", "--station", "SZ-01", "--place", "wall-1", "--count", "0"], "has nothing in it"),
        (vec!["vehicles", "粤B-1"], "a plate is letters and digits"),
        (vec!["totes", "T1", "--media", "50x30"], "print on 100x150 or 60x40 or 76x130, or add a template code-50x30"),
        (vec!["commands", "--media", "60x40"], "no template draws commands-… on 60x40 mm, and none is ever scaled"),
        (vec!["commands", "--media", "A4"], "is no size: write width x height in mm"),
        (vec!["badge", "1001", "--name", "李雷", "--code", "1234"], "is no badge of the hub's"),
    ] {
        let output = milepost(&[&args[..], &["-o", out.to_str().expect("text")]].concat());
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(said(&output).contains(says), "{args:?}: {}", said(&output));
        assert!(!out.exists(), "{args:?}");
    }
    let nowhere = milepost(&["commands"]);
    assert!(said(&nowhere).contains("where to? Give -o FILE or FOLDER, or --printer URL"), "{}", said(&nowhere));
    let file = folder.path().join("two.zpl");
    let two = milepost(&["totes", "T1..T2", "-o", file.to_str().expect("text")]);
    assert!(said(&two).contains("2 labels don't go into one file: name a folder"), "{}", said(&two));
}

#[test]
fn a_sites_own_paper_is_a_template_and_no_build() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = "extends = 'code-60x40'\ntitle = '条码 62×40'\nwidth = 62.0\n";
    std::fs::write(folder.path().join("code-62x40.toml"), own).expect("written");
    let templates = folder.path().to_str().expect("text");
    let drawn = drawn(&["totes", "T1", "--media", "62x40", "--templates", templates], &folder.path().join("out"));
    assert_eq!(names(&drawn), ["T1.png"]);
    assert!(matches!(Code::parse(&drawn[0].1[0]), Code::Tote(_)));
}

#[test]
fn labels_are_printed_until_one_isnt() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sim = runtime.block_on(printer::start(Language::Zpl, printer::Options::default())).expect("a printer");
    let url = format!("tcp://{}", sim.addr);
    let printed = milepost(&["totes", "T1..T3", "--printer", &url]);
    assert_eq!(printed.status.code(), Some(0), "{}", said(&printed));
    assert_eq!(sim.papers().len(), 3);
    assert_eq!(String::from_utf8_lossy(&printed.stdout).lines().filter(|line| line.contains("confirmed")).count(), 3);
    sim.set_fault(Fault::PaperOutAfter(1));
    let failed = milepost(&["totes", "T1..T4", "--printer", &url]);
    assert_eq!(failed.status.code(), Some(1), "{}", String::from_utf8_lossy(&failed.stdout));
    assert!(said(&failed).contains("labels behind it were not sent"), "{}", said(&failed));
    let file = tempfile::tempdir().expect("a folder");
    let tspl = file.path().join("sheet.tspl");
    assert!(milepost(&["commands", "-o", tspl.to_str().expect("text")]).status.success());
    assert!(std::fs::read(&tspl).expect("a file").starts_with(b"SIZE 100"), "in its printer's language");
}

/// Widths and heights of a PDF's pages in mm; Chromium writes `/MediaBox [0 0 170 113.04]`, in points.
fn pages(pdf: &[u8]) -> Vec<(u32, u32)> {
    let text = String::from_utf8_lossy(pdf);
    let mm = |points: &str| (points.parse::<f64>().expect("points") * 25.4 / 72.0).round() as u32;
    let size = |area: &str| {
        let sides: Vec<&str> = area.split(']').next().expect("an end").split_whitespace().collect();
        (mm(sides[2]), mm(sides[3]))
    };
    text.split("/MediaBox [").skip(1).map(size).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_shows_and_prints_its_codes_each_on_a_page_of_its_size() {
    let world = World::start().await;
    let wall = world.place("wall-1", "wall").replace("role = \"wall\"", "role = \"wall\"\nslots = 5");
    let box_3 = "[[material]]\ncode = \"BOX-3\"\nname = \"3号纸箱\"\nweight_g = 120\n";
    let station = world.station("SZ-01", &(wall + box_3)).await;
    let mut browser = Browser::start(1280, 900).await;
    browser.open(&format!("http://{}/", station.address)).await;
    browser.click("header a[href^='/sheets']").await;
    browser.wait_for_text("h1", "打印条码").await;
    assert_eq!(
        browser.texts("h2").await,
        ["指令单 100x150 mm 打印", "装车口指令单 100x150 mm 打印", "wall-1 的格子 60x40 mm 打印", "包材 60x40 mm 打印"]
    );
    let drawn =
        "[...document.images].length === 8 && [...document.images].every((i) => i.complete && i.naturalWidth > 100)";
    browser.wait(drawn).await;
    let all = pages(&browser.printed().await);
    assert_eq!(all, [vec![(100, 150); 2], vec![(60, 40); 6]].concat());
    // The browser prints nothing by itself here: what the button does is seen from what it would print.
    browser.value("window.print = () => { window.asked = true; }; 1").await;
    browser.press("[data-sheet='wall-1'] [data-print]").await;
    browser.wait("window.asked === true").await;
    assert_eq!(pages(&browser.printed().await), vec![(60, 40); 5], "one section alone");
    browser.wait("!('printing' in document.body.dataset)").await;

    browser.open(&format!("http://{}/sheets?lang=en&paper=76x130", station.address)).await;
    browser.wait(drawn).await;
    assert_eq!(browser.texts("nav .chosen").await, ["76x130"]);
    assert_eq!(browser.texts("h2").await[2], "Slots of wall-1 76x130 mm Print");
    assert_eq!(pages(&browser.printed().await), vec![(76, 130); 8]);
    for width in [1280, 360] {
        browser.resize(width, 740).await;
        browser.wait(&format!("innerWidth === {width}")).await;
        assert_eq!(browser.value("document.documentElement.scrollWidth").await, width, "nothing sticks out sideways");
    }
    assert_eq!(browser.complaints, Vec::<String>::new());
    if let Ok(folder) = std::env::var("MILEPOST_PICTURES") {
        browser.resize(1280, 1800).await;
        browser.open(&format!("http://{}/sheets", station.address)).await;
        browser.wait(drawn).await;
        browser.picture(&Path::new(&folder).join("sheets.png")).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut read = Vec::new();
    for picture in ["60x40/wall-1/5", "100x150/wall-1/1", "76x130/commands-dock", "100x150/commands"] {
        let answer = reqwest::get(format!("http://{}/sheets/{picture}", station.address)).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{picture}");
        read.push(folder.path().join(format!("{}.png", read.len())));
        std::fs::write(read.last().expect("just put"), answer.bytes().await.expect("a picture")).expect("written");
    }
    let read: Vec<Vec<String>> =
        zxing(&read).into_iter().map(|read| read.into_iter().map(|read| read.text).collect()).collect();
    let slot = |number: &str| milepost::domain::code::own('T', &format!("SZ-01-wall-1-{number}"));
    assert_eq!((&read[0], &read[1]), (&vec![slot("05")], &vec![slot("01")]));
    assert_eq!((read[2].len(), read[3].len()), (11, 20));
    let material =
        reqwest::get(format!("http://{}/sheets-materials/60x40/0", station.address)).await.expect("an answer");
    let file = folder.path().join("material.png");
    std::fs::write(&file, material.bytes().await.expect("a picture")).expect("written");
    assert_eq!(zxing(&[file])[0][0].text, code("material BOX-3"));
    for none in ["60x40/wall-1/6", "60x40/wall-1/0", "60x40/bench-9/1", "60x40/commands", "100x150/badge"] {
        let answer = reqwest::get(format!("http://{}/sheets/{none}", station.address)).await.expect("an answer");
        assert_eq!(answer.status(), 404, "{none}");
    }
    station.stop().await.expect("the station ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_somebody_types_become_labels() {
    let world = World::start().await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    let mut browser = Browser::start(1280, 900).await;
    browser.open(&format!("http://{}/sheets", station.address)).await;
    let wanted = [("bins", "A-01-01， A-01-02", "L", 2), ("totes", "T001..T003", "T", 3), ("bags", "G007", "G", 1)];
    for (kind, names, _, count) in wanted {
        browser.value(&format!("document.querySelector('[name=kind]').value = '{kind}'; 1")).await;
        browser.value("document.querySelector('[name=names]').value = ''; 1").await;
        browser.type_into("[name=names]", names).await;
        browser.click(".named button").await;
        let all = format!(
            "(all => all.length === {count} && all.every((i) => i.complete && i.naturalWidth > 100))\
             ([...document.querySelectorAll('[data-sheet=named] img')])"
        );
        browser.wait(&all).await;
    }
    let pages = pages(&browser.printed().await);
    assert_eq!(pages, [vec![(60, 40)], vec![(100, 150); 2]].concat());
    if let Ok(folder) = std::env::var("MILEPOST_PICTURES") {
        browser.picture(&Path::new(&folder).join("named.png")).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut read = Vec::new();
    for code in ["bins/A-01-02", "totes/T003", "bags/G007", "vehicles/%E7%B2%A4B12345", "picklists/W1"] {
        let url = format!("http://{}/sheets-codes/60x40/{code}", station.address);
        let answer = reqwest::get(&url).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{url}");
        read.push(folder.path().join(format!("{}.png", read.len())));
        std::fs::write(read.last().expect("just put"), answer.bytes().await.expect("a picture")).expect("written");
    }
    let read: Vec<String> = zxing(&read).into_iter().map(|read| read[0].text.clone()).collect();
    let own = milepost::domain::code::own;
    assert_eq!(read, [own('L', "A-01-02"), own('T', "T003"), own('G', "G007"), own('V', "粤B12345"), own('P', "W1")]);

    for (names, says) in [
        ("A 01*", "bin \"01*\" holds '*'"),
        ("T0001..T9999", "are the most: print them in parts"),
        ("A-1 A-1", "\"A-1\" stands there twice"),
        ("T9..T1", "the first is behind the last"),
    ] {
        let query: String = form_urlencoded::byte_serialize(names.as_bytes()).collect();
        browser.open(&format!("http://{}/sheets?kind=bins&names={query}", station.address)).await;
        let said = browser.texts(".bad").await.concat();
        assert!(said.contains(says), "{names}: {said}");
    }
    for none in ["60x40/bins/%2A", "60x40/badges/X", "1x1/bins/A-01"] {
        let answer = reqwest::get(format!("http://{}/sheets-codes/{none}", station.address)).await.expect("an answer");
        assert_eq!(answer.status(), 404, "{none}");
    }
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
    station.stop().await.expect("the station ends");
}
