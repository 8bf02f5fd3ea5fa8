//! Channel files as the channels write them (`tests/data/make_exports.py`), good and bad, and what becomes of them.

use milepost::domain::hold::{self, Hold};
use milepost::domain::order::{LineStatus, Order, WaybillSource};
use milepost::intake::{
    Gifts, Import, IntakeError, Mappings, Merged, Received, SourceFile, merge, read_items, read_orders,
};
use milepost::rules::IntakeRules;

fn data(name: &str) -> SourceFile {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    SourceFile { name: name.to_owned(), bytes: std::fs::read(path).expect("the fixture is committed") }
}

fn file(name: &str, bytes: impl Into<Vec<u8>>) -> SourceFile {
    SourceFile { name: name.to_owned(), bytes: bytes.into() }
}

fn orders(files: &[SourceFile]) -> Result<Import<Order>, IntakeError> {
    read_orders(files, &Mappings::builtin(), &Gifts::builtin(), None)
}

fn tmall() -> Import<Order> {
    orders(&[data("tmall-orders.csv"), data("tmall-lines.csv")]).expect("the Tmall pair reads")
}

fn douyin() -> Import<Order> {
    orders(&[data("douyin.csv")]).expect("the Douyin file reads")
}

fn order<'i>(import: &'i Import<Order>, tail: &str) -> &'i Order {
    let found = import.received.iter().find(|received| received.document.order_no.as_str().ends_with(tail));
    &found.unwrap_or_else(|| panic!("order …{tail} was not accepted: {:?}", import.refused)).document
}

/// What a person sees of a file that isn't right.
fn trouble(files: &[SourceFile]) -> String {
    match orders(files) {
        Err(error) => error.to_string(),
        Ok(import) => {
            let refused = import.refused.iter().map(|noted| {
                let order_no = noted.order_no.as_ref().map_or("-", |order_no| order_no.as_str());
                format!("refused {}:{} {order_no}: {}", noted.file, noted.line, noted.reason)
            });
            let doubtful = import.received.iter().filter(|received| !received.document.all_doubts().is_empty());
            let held = doubtful.map(|Received { file, line, document }| {
                format!("held {file}:{line} {}: {}", document.order_no, hold::said_en(&document.all_doubts()))
            });
            refused.chain(held).collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn a_tmall_pair_becomes_orders() {
    let import = tmall();
    assert_eq!((import.received.len(), import.skipped, import.refused.len()), (10, 4, 0));
    let rare = order(&import, "0001");
    let receiver = rare.receiver.as_ref().expect("an open receiver");
    assert_eq!(receiver.name, "𠮷野㛃");
    assert_eq!(receiver.town.as_deref(), Some("柳河镇"));
    assert_eq!(receiver.postcode.as_deref(), Some("135300"));
    assert_eq!(rare.paid_at.to_string(), "2026-02-18T01:02:00Z");
    assert_eq!((rare.lines[0].quantity, rare.lines[0].price_fen, rare.amount_fen), (2, 6400, 12800));
    let virtual_number = order(&import, "0004").receiver.as_ref().expect("an open receiver");
    assert_eq!(
        (virtual_number.phone.as_str(), virtual_number.phone_extension.as_deref()),
        ("13800000004", Some("1234"))
    );
    let landline = order(&import, "0009").receiver.as_ref().expect("an open receiver");
    assert_eq!(landline.phone, "0728-3200000");
}

#[test]
fn the_changed_address_wins_and_the_gift_set_of_the_note_becomes_lines() {
    let import = tmall();
    let order = order(&import, "0002");
    assert_eq!(order.receiver.as_ref().map(|to| to.city.as_str()), Some("喀什地区"));
    assert_eq!(order.gift_set.as_deref(), Some("A01+A02"));
    let gifts: Vec<&str> = order.lines.iter().filter(|line| line.gift).map(|line| line.sku.as_str()).collect();
    assert_eq!(gifts, ["SHADE-01", "A01", "A02"]);
}

#[test]
fn orders_to_one_receiver_may_travel_together() {
    let import = tmall();
    let key = |tail| order(&import, tail).merge_key.clone();
    assert!(key("0004").is_some());
    assert_eq!(key("0004"), key("0005"));
    assert_ne!(key("0004"), key("0003"));
}

#[test]
fn refunds_are_kept_on_the_line_and_wholly_refunded_orders_skipped() {
    let import = tmall();
    let partly = order(&import, "0009");
    let statuses: Vec<LineStatus> = partly.lines.iter().map(|line| line.status).collect();
    assert_eq!(statuses, [LineStatus::Open, LineStatus::Refunded]);
    assert_eq!(partly.tags, ["急"]);
    assert!(!import.received.iter().any(|received| received.document.order_no.as_str().ends_with("0010")));
}

#[test]
fn sealed_receivers_stay_sealed_and_wait_for_a_waybill() {
    let tmall = tmall();
    let sealed = order(&tmall, "0011");
    assert!(sealed.receiver.is_none());
    let receiver = sealed.receiver_sealed.as_ref().expect("a sealed receiver");
    assert_eq!((receiver.masked.name.as_str(), receiver.masked.district.as_str()), ("钱**", "余杭区"));
    assert_eq!(sealed.waybill.as_ref().map(|waybill| waybill.source), Some(WaybillSource::Cainiao));
    let douyin = douyin();
    let sealed = order(&douyin, "3002");
    let receiver = sealed.receiver_sealed.as_ref().expect("a sealed receiver");
    assert_eq!(receiver.token, "##Zx8f0Q==##");
    assert_eq!((receiver.masked.name.as_str(), receiver.masked.detail.as_str()), ("***", "***"));
    assert_eq!(sealed.waybill.as_ref().map(|waybill| waybill.number.as_str()), Some("SF1234567890123"));
    assert_eq!(sealed.all_doubts(), []);
    assert_eq!(order(&douyin, "3003").all_doubts(), [Hold::SealedWithoutWaybill]);
}

#[test]
fn a_douyin_file_becomes_orders() {
    let import = douyin();
    assert_eq!((import.received.len(), import.skipped, import.refused.len()), (5, 2, 0));
    let gifted = order(&import, "3001");
    assert_eq!((gifted.lines.len(), gifted.amount_fen, gifted.gift_set.as_deref()), (3, 61990, Some("B01")));
    assert_eq!(gifted.lines[0].line_no.as_deref(), Some("69179267688236430011"));
    assert_eq!(gifted.receiver.as_ref().and_then(|to| to.town.as_deref()), Some("仓前街道"));
    assert_eq!(order(&import, "3004").tags, ["售后中"]);
    let partly_closed = order(&import, "3005");
    assert_eq!((partly_closed.lines.len(), partly_closed.amount_fen), (1, 990));
}

#[test]
fn what_is_not_accepted_names_line_order_and_cure_and_no_person() {
    let text =
        [trouble(&[data("tmall-orders.csv"), data("tmall-lines.csv")]), trouble(&[data("douyin.csv")])].join("\n");
    insta::assert_snapshot!(text);
    for person in ["孙", "周七", "0012", "13800000013", "969"] {
        let in_reasons =
            text.lines().any(|line| line.split_once(": ").is_some_and(|(_, reason)| reason.contains(person)));
        assert!(!in_reasons, "{person} stands in\n{text}");
    }
}

#[test]
fn the_gift_rule_holds_what_has_none() {
    let (rules, import) = (IntakeRules::builtin(), tmall());
    let holds = |tail| rules.judge(order(&import, tail)).iter().map(Hold::zh).collect::<Vec<_>>();
    assert_eq!(holds("0003"), ["请确认赠品配置"]);
    assert_eq!([holds("0002"), holds("0001")].concat(), [""; 0]);
}

#[test]
fn columns_may_come_in_any_order_with_others_between() {
    let original = douyin();
    let text = String::from_utf8(data("douyin.csv").bytes).expect("the fixture is UTF-8");
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in reader.records() {
        let mut cells: Vec<String> = record.expect("the fixture is CSV").iter().map(str::to_owned).collect();
        cells.reverse();
        cells.insert(3, "新列".to_owned());
        writer.write_record(cells).expect("memory takes it");
    }
    let turned = orders(&[file("douyin.csv", writer.into_inner().expect("memory takes it"))]).expect("it reads");
    assert_eq!(turned.received, original.received);
}

#[test]
fn utf8_and_gb18030_read_the_same() {
    let pair = ["tmall-orders.csv", "tmall-lines.csv"].map(|name| {
        let original = data(name);
        let (text, _, broken) = encoding_rs::GB18030.decode(&original.bytes);
        assert!(!broken);
        file(name, format!("\u{feff}{text}"))
    });
    assert_eq!(orders(&pair).expect("UTF-8 reads"), tmall());
}

#[test]
fn a_channel_can_be_named() {
    let read = |channel| read_orders(&[data("douyin.csv")], &Mappings::builtin(), &Gifts::builtin(), Some(channel));
    assert_eq!(read("douyin").map(|import| import.received.len()), Ok(5));
    insta::assert_snapshot!(read("pinduoduo").expect_err("there is no such mapping"));
    let tmall = read("tmall").expect_err("the file is Douyin's").to_string();
    assert!(tmall.contains("douyin.csv lacks"), "{tmall}");
}

#[test]
fn a_sites_mapping_replaces_the_built_in_one() {
    let renamed = Mappings::BUILTIN[1].1.replace("\"主订单编号\"", "\"订单号\"");
    let mappings = Mappings::with_files(&[("douyin.toml".to_owned(), renamed)]).expect("the mapping reads");
    let text =
        String::from_utf8(data("douyin.csv").bytes).expect("the fixture is UTF-8").replacen("主订单编号", "订单号", 1);
    let import = read_orders(&[file("douyin.csv", text)], &mappings, &Gifts::builtin(), None).expect("the file reads");
    assert_eq!(import.received.len(), 5);
    let broken = Mappings::with_files(&[("x.toml".to_owned(), "name = 1".to_owned())]).expect_err("not a mapping");
    assert!(broken.to_string().starts_with("x.toml cannot be read"), "{broken}");
}

#[test]
fn the_same_order_again_is_unchanged_and_a_changed_one_a_revision() {
    let import = tmall();
    let first = order(&import, "0001").clone();
    assert_eq!(merge(None, first.clone()), Merged::New(first.clone()));
    assert_eq!(merge(Some(&first), first.clone()), Merged::Unchanged);
    let mut changed = first.clone();
    changed.lines[0].quantity = 3;
    let Merged::Revision(second) = merge(Some(&first), changed.clone()) else { panic!("other content is a revision") };
    assert_eq!((second.revision, second.lines[0].quantity), (1, 3));
    assert_eq!(merge(Some(&second), changed), Merged::Unchanged);
    let mut counted = first.clone();
    counted.revision = 7;
    counted.amount_fen = 1;
    assert_eq!(merge(Some(&second), counted), Merged::Revision(Order { revision: 7, amount_fen: 1, ..first }));
}

#[test]
fn items_are_read_with_their_barcodes_checks_and_parts() {
    let import = read_items(&[data("items.csv")], &Mappings::builtin().items).expect("the item file reads");
    let items: Vec<_> = import.received.iter().map(|received| &received.document).collect();
    insta::assert_snapshot!(serde_json::to_string_pretty(&items).expect("items serialise"));
    let refused: Vec<String> =
        import.refused.iter().map(|noted| format!("{}:{}: {}", noted.file, noted.line, noted.reason)).collect();
    insta::assert_snapshot!(refused.join("\n"));
}

mod bad_input {
    use super::*;

    const DOUYIN_HEADER: &str = "主订单编号,子订单编号,选购商品,商品数量,商家编码,商品单价,订单应付金额,收件人,收件人手机号,省,市,区,街道,详细地址,支付完成时间,商家备注,订单状态";

    fn douyin_row(order_no: &str, sub: &str, detail: &str) -> String {
        format!(
            "{order_no},{sub},奶嘴,1,NIPPLE-M,9.90,9.90,冯十,13900000004,浙江省,杭州市,余杭区,,{detail},2026-02-18 10:00:00,,待发货"
        )
    }

    fn douyin_file(rows: &[String]) -> SourceFile {
        file("bad.csv", format!("{DOUYIN_HEADER}\n{}\n", rows.join("\n")))
    }

    #[test]
    fn a_good_row_of_this_shape_is_accepted() {
        let import = orders(&[douyin_file(&[douyin_row("1", "11", "文一西路1号")])]).expect("it reads");
        assert_eq!((import.received.len(), import.refused.len()), (1, 0));
    }

    #[test]
    fn wrong_encoding() {
        let mut bytes = data("douyin.csv").bytes;
        let second_line = bytes.iter().position(|byte| *byte == b'\n').expect("there are lines") + 1;
        bytes.splice(second_line..second_line, [0xFF, 0xFE, 0x80]);
        insta::assert_snapshot!(trouble(&[file("broken.csv", bytes)]));
        let utf16: Vec<u8> = "订单编号,标题\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(matches!(orders(&[file("u.csv", utf16)]), Err(IntakeError::Encoding { line: 1, .. })));
    }

    #[test]
    fn missing_column() {
        let text = String::from_utf8(data("douyin.csv").bytes)
            .expect("UTF-8")
            .replacen("商家编码", "别的编码", 1)
            .replacen("支付完成时间", "x", 1);
        insta::assert_snapshot!(trouble(&[file("douyin.csv", text)]));
    }

    #[test]
    fn no_order_export_at_all() {
        insta::assert_snapshot!(trouble(&[file("notes.csv", "a,b,c\n1,2,3\n")]));
    }

    #[test]
    fn sealed_receiver_without_waybill() {
        let row = douyin_row("1", "11", "文一西路1号").replace("冯十", "冯*").replace("13900000004", "139****0004");
        insta::assert_snapshot!(trouble(&[douyin_file(&[row])]));
    }

    #[test]
    fn same_order_with_other_content_in_one_file() {
        let rows = [
            douyin_row("1", "11", "文一西路1号"),
            douyin_row("2", "21", "文一西路2号"),
            douyin_row("1", "12", "文二西路9号"),
        ];
        insta::assert_snapshot!(trouble(&[douyin_file(&rows)]));
    }

    #[test]
    fn same_sub_order_with_other_content() {
        let rows =
            [douyin_row("1", "11", "文一西路1号"), douyin_row("1", "11", "文一西路1号").replace("NIPPLE-M", "WIPE-80")];
        insta::assert_snapshot!(trouble(&[douyin_file(&rows)]));
    }

    #[test]
    fn a_line_of_ten_megabytes() {
        let row = douyin_row("1", "11", &"长".repeat(10 << 20 >> 1));
        insta::assert_snapshot!(trouble(&[douyin_file(&[row])]));
    }

    #[test]
    fn an_empty_file() {
        insta::assert_snapshot!(trouble(&[file("empty.csv", "\u{feff}\r\n \n")]));
    }

    #[test]
    fn a_header_without_rows_is_no_error() {
        let import = orders(&[douyin_file(&[])]).expect("it reads");
        assert_eq!(import, Import::default());
    }

    #[test]
    fn broken_quotes() {
        let rows = [
            douyin_row("1", "11", "文一西路1号"),
            douyin_row("2", "21", "\"文一西路2号"),
            douyin_row("3", "31", "文一西路3号"),
        ];
        insta::assert_snapshot!(trouble(&[douyin_file(&rows)]));
    }

    #[test]
    fn a_quote_that_swallows_lines() {
        let rows = [douyin_row("2", "21", "\"文一西路2号"), douyin_row("3", "31", "文一西路3号\"")];
        insta::assert_snapshot!(trouble(&[douyin_file(&rows)]));
    }

    #[test]
    fn an_excel_workbook() {
        insta::assert_snapshot!(trouble(&[file("orders.xlsx", b"PK\x03\x04rest".as_slice())]));
    }

    #[test]
    fn lines_without_their_orders_and_orders_without_their_lines() {
        let lines = trouble(&[data("tmall-lines.csv")]);
        let alone = trouble(&[data("tmall-orders.csv")]);
        insta::assert_snapshot!(format!("{lines}\n{}", alone.lines().next().unwrap_or_default()));
    }

    #[test]
    fn values_that_cannot_be_read() {
        let good = douyin_row("1", "11", "文一西路1号");
        let rows = [
            good.replace(",1,NIPPLE-M", ",一,NIPPLE-M"),
            good.replacen("1,11,", "2,21,", 1).replace("9.90,9.90", "九块九,9.90"),
            good.replacen("1,11,", "3,31,", 1).replace("2026-02-18 10:00:00", "昨天"),
            good.replacen("1,11,", "4,41,", 1).replace("待发货", "待发货呀"),
            good.replacen("1,11,", "5,51,", 1).replace("NIPPLE-M", ""),
            good.replacen("1,11,", "6,61,", 1).replace("13900000004", "139"),
            good.replacen("1,11,", "7,71,", 1).replace("杭州市", "抗州市").replace("余杭区", ""),
            good.replacen("1,11,", "8,81,", 1).replace("10:00:00,,", "10:00:00,赠品组合:Z99,"),
            good.replacen("1,11,", "9,91,", 1).replace("9.90,9.90", "-1,9.90").replace(",1,NIPPLE-M", ",0,NIPPLE-M"),
            good.replacen("1,11,", ",101,", 1),
        ];
        insta::assert_snapshot!(trouble(&[douyin_file(&rows)]));
    }

    #[test]
    fn line_file_of_another_moment() {
        let original = data("tmall-lines.csv");
        let (text, _, _) = encoding_rs::GB18030.decode(&original.bytes);
        let fewer: Vec<&str> = text.lines().filter(|line| !line.contains("SHADE-01")).collect();
        let trouble = trouble(&[data("tmall-orders.csv"), file("lines.csv", fewer.join("\r\n"))]);
        let line = trouble.lines().find(|line| line.contains("8170002")).unwrap_or(&trouble).to_owned();
        insta::assert_snapshot!(line);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
            let _ = orders(&[file("random", bytes)]);
        }

        #[test]
        fn no_mutation_of_a_real_file_makes_it_panic(at in 0usize..3000, with in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..6), cut in 0usize..40) {
            for name in ["douyin.csv", "tmall-orders.csv", "items.csv"] {
                let mut bytes = data(name).bytes;
                let at = at.min(bytes.len());
                let end = (at + cut).min(bytes.len());
                bytes.splice(at..end, with.iter().copied());
                let broken = file(name, bytes);
                let _ = read_items(std::slice::from_ref(&broken), &Mappings::builtin().items);
                let _ = orders(&[broken, data("tmall-lines.csv")]);
            }
        }
    }
}

mod command_line {
    use std::path::PathBuf;
    use std::process::{Command, Output};
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::extract::Request;
    use axum::routing::post;

    fn path(name: &str) -> PathBuf {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
    }

    fn milepost(args: &[&str]) -> Output {
        let files = |arg: &&str| {
            if arg.ends_with(".csv") { path(arg).into_os_string() } else { (*arg).into() }
        };
        Command::new(env!("CARGO_BIN_EXE_milepost"))
            .args(args.iter().map(files))
            .env_remove("MILEPOST_KEY")
            .output()
            .expect("the binary runs")
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    #[test]
    fn a_dry_run_says_what_would_happen() {
        let output = milepost(&["orders", "import", "tmall-orders.csv", "tmall-lines.csv", "douyin.csv", "--dry-run"]);
        insta::assert_snapshot!(text(&output.stdout));
        assert_eq!(output.status.code(), Some(0), "nothing was refused");
        let output = milepost(&["items", "import", "items.csv", "--dry-run", "--json"]);
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON on standard output");
        assert_eq!((summary["accepted"].as_u64(), summary["refused"][0]["sku"].as_str()), (Some(5), Some("CART-01")));
    }

    #[test]
    fn wrong_use_exits_with_two_and_says_what_is_missing() {
        let nowhere = milepost(&["orders", "import", "douyin.csv"]);
        assert_eq!(nowhere.status.code(), Some(2));
        assert!(text(&nowhere.stderr).contains("--to URL, or --dry-run"));
        assert_eq!(milepost(&["orders", "import", "--dry-run"]).status.code(), Some(2));
        let missing = milepost(&["orders", "import", "no-such-file.csv", "--dry-run"]);
        assert_eq!(missing.status.code(), Some(1));
        assert!(text(&missing.stderr).contains("no-such-file.csv"));
    }

    /// What a hub of these tests was asked: path, authorization, idempotency key, body.
    type Asked = Arc<Mutex<Vec<(String, String, String, serde_json::Value)>>>;

    /// A hub that fails once, then answers every batch with `answer`.
    async fn hub(answer: &'static str) -> (String, Asked) {
        let asked = Asked::default();
        let book = asked.clone();
        let handler = move |request: Request| async move {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.expect("a small body");
            let header = |name: &str| head.headers.get(name).map(|value| text(value.as_bytes())).unwrap_or_default();
            let body_of = serde_json::from_slice(&body).expect("a JSON body");
            let mut book = book.lock().expect("no handler panics");
            book.push((head.uri.path().to_owned(), header("authorization"), header("idempotency-key"), body_of));
            if book.len() == 1 {
                (axum::http::StatusCode::BAD_GATEWAY, "")
            } else {
                (axum::http::StatusCode::OK, answer)
            }
        };
        let router = Router::new().route("/v1/orders", post(handler));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (url, asked)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_hub_gets_the_orders_once_and_its_remarks_are_found_in_the_file() {
        let answer = r#"{"accepted":2,"held":[{"order_no":"6917926768823643004","reason":"看一下"}],"unchanged":1,
            "refused":[{"order_no":"6917926768823643001","reason":"no"}]}"#;
        let (url, asked) = hub(answer).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let key_file = folder.path().join("key");
        std::fs::write(&key_file, "secret-key\n").expect("the folder takes a file");
        let key_path = key_file.to_str().expect("a temporary path is text").to_owned();
        let output = tokio::task::spawn_blocking(move || {
            milepost(&["orders", "import", "douyin.csv", "--to", &url, "--key-file", &key_path, "--json"])
        })
        .await
        .expect("the command runs");
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON on standard output");
        assert_eq!((summary["accepted"].as_u64(), summary["unchanged"].as_u64()), (Some(2), Some(1)));
        assert_eq!(
            (summary["held"][0]["file"].as_str(), summary["held"][0]["line"].as_u64()),
            (Some("douyin.csv"), Some(7))
        );
        assert_eq!(summary["refused"].as_array().map(Vec::len), Some(1), "by the hub");
        let asked = asked.lock().expect("no handler panics");
        assert_eq!(asked.len(), 2, "asked again after the failure");
        assert_eq!(asked[0], asked[1], "with the same key and body");
        let (path, authorization, idempotency_key, body) = &asked[1];
        assert_eq!(
            (path.as_str(), authorization.as_str(), idempotency_key.len()),
            ("/v1/orders", "Bearer secret-key", 36)
        );
        assert_eq!(body["orders"].as_array().map(Vec::len), Some(5));
    }
}
