//! Excel workbooks of the channels (`tests/data/xlsx`): the same orders as from CSV, and nothing guessed of what Excel
//! spoilt. What was refused comes back as a CSV that is good once it is corrected.

use milepost::domain::order::{CarrierCode, Item, Order};
use milepost::intake::{
    Gifts, Import, IntakeError, Mappings, Noted, SourceFile, read_items, read_numbers, read_orders, refused_rows,
};

fn data(name: &str) -> SourceFile {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let name = name.rsplit('/').next().unwrap_or(name).to_owned();
    SourceFile { name, bytes: std::fs::read(path).expect("the fixture is committed") }
}

fn orders(files: &[SourceFile]) -> Result<Import<Order>, IntakeError> {
    read_orders(files, &Mappings::builtin(), &Gifts::builtin(), None)
}

fn documents(import: &Import<Order>) -> Vec<&Order> {
    import.received.iter().map(|received| &received.document).collect()
}

fn noted(import: &Import<Order>) -> Vec<String> {
    import.refused.iter().map(|Noted { file, line, reason, .. }| format!("{file}:{line}: {reason}")).collect()
}

#[test]
fn a_workbook_gives_the_orders_that_its_csv_gives() {
    let csv = orders(&[data("tmall-orders.csv"), data("tmall-lines.csv")]).expect("the pair reads");
    let pair = orders(&[data("xlsx/tmall-orders.xlsx"), data("xlsx/tmall-lines.xlsx")]).expect("the workbooks read");
    assert_eq!(documents(&pair), documents(&csv));
    assert_eq!((pair.skipped, pair.refused.len()), (csv.skipped, csv.refused.len()));
    let lines = |import: &Import<Order>| import.received.iter().map(|received| received.line).collect::<Vec<_>>();
    assert_eq!(lines(&pair), lines(&csv), "a row's number in Excel is the line");
    let one_book = orders(&[data("xlsx/tmall-two-sheets.xlsx")]).expect("both sheets of it are read");
    assert_eq!(documents(&one_book), documents(&csv));
    assert_eq!(one_book.received[0].file, "tmall-two-sheets.xlsx[订单]");
}

#[test]
fn the_sheet_whose_header_fits_is_read() {
    let csv = orders(&[data("douyin.csv")]).expect("it reads");
    let book = orders(&[data("xlsx/douyin-three-sheets.xlsx")]).expect("it reads");
    assert_eq!(documents(&book), documents(&csv));
    assert_eq!(book.skipped, csv.skipped);
    let mixed = [data("xlsx/tmall-orders.xlsx"), data("tmall-lines.csv")];
    assert_eq!(orders(&mixed).map(|import| import.received.len()), Ok(10));
    let renamed = SourceFile { name: "export.csv".into(), ..data("xlsx/tmall-two-sheets.xlsx") };
    assert_eq!(orders(&[renamed]).map(|import| import.received.len()), Ok(10), "the ending says nothing");
}

#[test]
fn what_excel_spoilt_is_refused_by_row_with_its_cure() {
    let import = orders(&[data("xlsx/douyin-spoilt.xlsx")]).expect("the rest of it reads");
    insta::assert_snapshot!(noted(&import).join("\n"));
    let text = String::from_utf8(data("douyin.csv").bytes).expect("UTF-8");
    let number = text.lines().nth(1).and_then(|line| line.split(',').next()).expect("an order").to_owned();
    let saved_by_excel = SourceFile { name: "douyin.csv".into(), bytes: text.replace(&number, "6.91793E+18").into() };
    let import = orders(&[saved_by_excel]).expect("the rest of it reads");
    assert!(noted(&import)[0].contains("`6.91793E+18` has lost digits"), "{:?}", noted(&import));
}

#[test]
fn items_are_read_from_a_workbook_and_lists_of_numbers_are_not() {
    let mappings = Mappings::builtin();
    let [csv, book] = ["items.csv", "xlsx/items.xlsx"]
        .map(|name| read_items(&[data(name)], &mappings.items).expect("the item file reads"));
    let documents = |import: &Import<Item>| import.received.iter().map(|one| one.document.clone()).collect::<Vec<_>>();
    assert_eq!(documents(&book), documents(&csv));
    let error = read_items(&[data("xlsx/no-export.xlsx")], &mappings.items).expect_err("no items");
    assert!(error.to_string().starts_with("no-export.xlsx[Sheet] lacks `sku`"), "{error}");
    let numbers = read_numbers(&data("xlsx/items.xlsx"), CarrierCode::Zto, None);
    assert_eq!(numbers, Err(IntakeError::Workbook { file: "items.xlsx".into() }));
}

#[test]
fn bad_workbooks() {
    let mut half = data("xlsx/tmall-orders.xlsx");
    half.bytes.truncate(half.bytes.len() / 2);
    let troubles: Vec<String> = [
        data("xlsx/no-export.xlsx"),
        data("xlsx/douyin-twice.xlsx"),
        data("xlsx/wide.xlsx"),
        data("xlsx/douyin.xls"),
        SourceFile { name: "half.xlsx".into(), ..half },
    ]
    .into_iter()
    .map(|file| orders(&[file]).expect_err("it can't be read").to_string())
    .collect();
    insta::assert_snapshot!(troubles.join("\n"));
}

#[test]
fn refused_rows_come_back_whole_and_are_good_once_corrected() {
    let files = [data("xlsx/douyin-spoilt.xlsx")];
    let import = orders(&files).expect("the rest of it reads");
    let back =
        refused_rows(&files, &Mappings::builtin(), None, &import.refused, "错误 / error").expect("they are found");
    assert_eq!(back.len(), 1);
    let text = String::from_utf8(back[0].csv.clone()).expect("UTF-8");
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
    let returned = |text: &str| orders(&[SourceFile { name: "back.csv".into(), bytes: text.as_bytes().to_vec() }]);
    let again = returned(&text).expect("it reads");
    assert_eq!(
        (again.received.len(), again.refused.len()),
        (0, import.refused.len()),
        "uncorrected it is refused again"
    );
    let good = orders(&[data("douyin.csv")]).expect("it reads");
    let mut corrected = text;
    for (spoilt, right) in [
        ("6.91792676882364E+18".to_owned(), good.received[0].document.order_no.to_string()),
        ("2026-03-01 00:00:00".to_owned(), good.received[1].document.lines[0].sku.to_string()),
        ("#N/A".to_owned(), good.received[2].document.lines[0].sku.to_string()),
    ] {
        corrected = corrected.replace(&format!(",{spoilt},"), &format!(",{right},"));
        corrected = corrected.replace(&format!("\n{spoilt},"), &format!("\n{right},"));
    }
    let corrected = returned(&corrected).expect("it reads");
    assert_eq!(noted(&corrected), [""; 0]);
    assert_eq!(documents(&corrected), documents(&good)[..corrected.received.len()]);
}

/// The lines of a refused order come back as well: the order file alone would be refused again.
#[test]
fn both_files_of_a_pair_come_back() {
    let lines = data("tmall-lines.csv");
    let (text, ..) = encoding_rs::GB18030.decode(&lines.bytes);
    let files =
        [data("tmall-orders.csv"), SourceFile { bytes: text.replacen("699.00,1,", "699.00,x,", 1).into(), ..lines }];
    let import = orders(&files).expect("the rest of it reads");
    assert_eq!(import.refused.len(), 1, "{:?}", noted(&import));
    let back = refused_rows(&files, &Mappings::builtin(), None, &import.refused, "error").expect("they are found");
    let names: Vec<&str> = back.iter().map(|rows| rows.file.as_str()).collect();
    assert_eq!(names, ["tmall-orders.csv", "tmall-lines.csv"]);
    let corrected = back.into_iter().map(|rows| {
        let text = String::from_utf8(rows.csv).expect("UTF-8").replace("699.00,x,", "699.00,1,");
        SourceFile { name: rows.file, bytes: text.into() }
    });
    let again = orders(&corrected.collect::<Vec<_>>()).expect("it reads");
    let good = orders(&[data("tmall-orders.csv"), data("tmall-lines.csv")]).expect("the pair reads");
    assert_eq!(again.refused.len(), 0);
    assert_eq!(documents(&again), documents(&good)[1..2]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn no_damage_to_a_workbook_makes_it_panic(at in 0usize..9000, with in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..6), cut in 0usize..40) {
        let mut file = data("xlsx/tmall-two-sheets.xlsx");
        let at = at.min(file.bytes.len());
        let end = (at + cut).min(file.bytes.len());
        file.bytes.splice(at..end, with.iter().copied());
        let _ = orders(&[file]);
    }
}

#[test]
fn the_command_line_takes_workbooks_too() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/xlsx/tmall-two-sheets.xlsx");
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_milepost"))
        .args(["orders", "import", "--dry-run"])
        .arg(path)
        .output()
        .expect("the binary runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success() && said.starts_with("accepted 7, held 3, unchanged 0, skipped 4, refused 0"),
        "{said}"
    );
}
