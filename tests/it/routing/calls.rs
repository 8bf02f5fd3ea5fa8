//! The calls, commands and the page of routing rules at a running hub: who may call, what is shown, and that no person is
//! in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jiff::Timestamp;
use milepost::domain::order::Order;
use milepost::rules::{RoutingRules, RuleFile};
use serde_json::{Value, json};

use super::{order, with};
use crate::chromium::Browser;
use crate::story::shelf;
use crate::world::{KEY, LIMIT, World};

/// A hub with the shipped rules and four orders of yesterday noon, three of them urgent.
async fn world() -> World {
    let world = World::start_with(|config| config.routing_rules = Some("built-in".into())).await;
    let hub = &world.hub().hub;
    let zone = hub.policy().zone.clone();
    let now = Timestamp::from_microsecond(milepost::machine::wall_us()).expect("a time").to_zoned(zone.clone());
    let noon = now.date().yesterday().expect("a day").at(12, 0, 0, 0).to_zoned(zone).expect("a noon");
    let noon_us = noon.timestamp().as_microsecond();
    hub.accept_items(&shelf::items(), noon_us).expect("items");
    let urgent = |order_no: &str| with(|order| (order.order_no, order.tags) = (order_no.into(), vec!["急".into()]));
    let orders = [Order { order_no: "1".into(), ..order() }, urgent("2"), urgent("3"), urgent("4")];
    assert_eq!(hub.accept_orders(&orders, noon_us).expect("they are taken").accepted, 4);
    world
}

/// The shipped rules in a folder of the world's, with a change.
fn written(world: &World, from: &str, to: &str) -> PathBuf {
    let folder = world.folder.path().join("rules");
    std::fs::create_dir_all(folder.join("freight")).expect("a folder");
    for (name, text) in RoutingRules::BUILTIN_TABLES {
        std::fs::write(folder.join(name), text).expect("a table");
    }
    let file = folder.join("routing.toml");
    let text = RoutingRules::BUILTIN.replace(from, to);
    assert_ne!(text, RoutingRules::BUILTIN, "{from} stands in the file");
    std::fs::write(&file, text).expect("the rules");
    file
}

async fn rules(world: &World, args: &[&str]) -> (Option<i32>, String, String) {
    milepost(world, &[&["rules"], args].concat()).await
}

/// A command that asks the world's hub with the office's key.
pub async fn milepost(world: &World, args: &[&str]) -> (Option<i32>, String, String) {
    let key = world.folder.path().join("office.key");
    let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.args(args).args(["--to", &world.hub_url, "--key-file"]).arg(key).stdin(std::process::Stdio::null());
    let run = tokio::task::spawn_blocking(move || command.output().expect("the program runs"));
    let Output { status, stdout, stderr } = run.await.expect("no panic");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_preview_publish_and_take_back() {
    let world = world().await;
    let file = written(&world, "then = \"cheapest\"", "then = \"jd\"");
    let file = text(&file);
    let (code, _, why) = rules(&world, &["publish", file, "--yes"]).await;
    assert_eq!((code, why.contains("run `milepost rules preview` first")), (Some(1), true), "{why}");
    let (code, said, why) = rules(&world, &["preview", file]).await;
    assert_eq!(code, Some(0), "{why}");
    let row = said.lines().find(|line| line.starts_with("1 ")).expect("the order that differs");
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(cells, ["1", "ZTO", "5.00", "cheapest", "JD", "9.00", "cheapest"], "{said}");
    assert!(!said.lines().any(|line| line.starts_with("2 ")), "{said}");
    assert!(said.contains("1 of 4 orders of ") && said.contains("freight 59.00 now, 63.00 then (+4.00)"), "{said}");
    assert!(said.contains("warning: rule `urgent` decides 3 of 4 orders (75.0 %, more than 60 %)"), "{said}");
    assert!(said.contains(&format!("milepost rules publish {file} --to {}", world.hub_url)), "{said}");
    let (_, all, _) = rules(&world, &["preview", file, "--all"]).await;
    assert!(all.lines().any(|line| line.starts_with("2 ")), "{all}");
    let (code, _, why) = rules(&world, &["publish", file]).await;
    assert_eq!((code, why.contains("say --yes where nobody can be asked")), (Some(1), true), "{why}");
    let (code, said, why) = rules(&world, &["publish", file, "--yes"]).await;
    assert_eq!((code, said.starts_with("version 1 is in force;")), (Some(0), true), "{said}{why}");
    let (_, said, _) = rules(&world, &["status"]).await;
    assert!(said.starts_with("in force: routing.toml, version 1, published by office on "), "{said}");
    assert!(said.contains("  cheapest: true -> jd\n"), "{said}");
    let order = Order { order_no: "5".into(), ..order() };
    assert_eq!(world.post("/v1/orders", &json!({ "orders": [order] })).await["accepted"], 1);
    let page = world.text("/orders/5?lang=en").await;
    assert!(page.contains("JD Express") && page.contains("rule cheapest"), "{page}");
    let (_, said, why) = rules(&world, &["publish", "--revert", "--yes"]).await;
    assert_eq!(said, "back to built-in of the hub's config\n".replace("built-in", "routing.toml"), "{why}");
    let (code, _, why) = rules(&world, &["publish", "--revert", "--yes"]).await;
    assert_eq!((code, why.contains("there is nothing to go back from")), (Some(1), true), "{why}");
    let (code, _, why) = rules(&world, &["preview", file, "--day", "2020-01-01"]).await;
    assert_eq!((code, why.contains("no order of 2020-01-01 is there to be decided")), (Some(1), true), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_key_sees_and_changes_no_rules() {
    let world = world().await;
    let client = milepost::carrier::http::client(LIMIT, LIMIT).expect("a client");
    for (method, path) in [
        ("GET", "/v1/routing"),
        ("GET", "/v1/routing/versions/1"),
        ("PUT", "/v1/routing"),
        ("POST", "/v1/routing/preview"),
        ("POST", "/v1/routing/revert"),
    ] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        for key in [None, Some("somebody-elses-key")] {
            let call = client.request(method.clone(), format!("{}{path}", world.hub_url)).body("{}");
            let call = if let Some(key) = key { call.bearer_auth(key) } else { call };
            assert_eq!(call.send().await.expect("an answer").status(), 401, "{method} {path}");
        }
    }
    let call = client.get(format!("{}/v1/routing/versions/7", world.hub_url)).bearer_auth(KEY);
    let answer = call.send().await.expect("an answer");
    assert_eq!(answer.status(), 404);
}

/// What somebody writes wrongly is told as the command line tells it, and nobody is in a preview.
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_names_what_is_wrong_and_no_person() {
    let world = world().await;
    let known = RuleFile::builtin();
    let all = json!({ "rules": known, "all": true });
    let said = world.post_keyed("/v1/routing/preview", &all).await;
    assert_eq!(said.0, 200, "{}", said.1);
    let told: Value = serde_json::from_str(&said.1).expect("JSON");
    assert_eq!(told["orders"].as_array().map(Vec::len), Some(4), "{told}");
    for private in ["王小明", "13800001234", "201室", "余杭区"] {
        assert!(!said.1.contains(private), "{private} is nobody's to read here");
    }
    let broken = RuleFile { text: known.text.replace("paid_minutes", "paid_hours"), ..known.clone() };
    let (status, said) = world.post_keyed("/v1/routing/preview", &json!({ "rules": broken })).await;
    assert_eq!((status, said.contains("routing.toml, rule `urgent`")), (422, true), "{said}");
    let mut short = known;
    short.tables.remove("freight/jd.csv");
    let (status, said) = world.post_keyed("/v1/routing/preview", &json!({ "rules": short })).await;
    assert_eq!((status, said.contains("freight/jd.csv cannot be read: it was not sent along")), (422, true), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_rules_shows_what_is_in_force_and_what_it_chose() {
    let world = world().await;
    let mut browser = Browser::start(1280, 900).await;
    browser.open(&format!("{}/rules", world.hub_url)).await;
    assert_eq!(browser.texts("nav [aria-current]").await, ["快递规则"]);
    assert_eq!(browser.texts(".in-force .standing").await, ["中心配置里的"]);
    assert_eq!(
        browser.texts(".rules td:first-child b").await,
        ["provinces", "urgent", "cheapest", "顺丰速运", "中通快递"]
    );
    assert_eq!(browser.texts(".share.wide").await, ["75.0 %"]);
    assert_eq!(browser.texts("tr.wide").await.len(), 1);
    assert_eq!(browser.texts(".versions").await, Vec::<String>::new());
    picture(&mut browser, "rules-config-zh.png").await;
    // Somebody publishes while the page is open.
    let file = written(&world, "name = \"cheapest\"", "name = \"便宜\"");
    let file = text(&file);
    assert_eq!(rules(&world, &["preview", file]).await.0, Some(0));
    assert_eq!(rules(&world, &["publish", file, "--yes"]).await.0, Some(0));
    browser.wait("document.querySelectorAll('.versions tbody tr').length === 1").await;
    assert_eq!(browser.texts(".in-force .standing").await, ["版本 1"]);
    assert_eq!(browser.texts(".rules .gone b").await, ["cheapest"], "it decided yesterday");
    let row = browser.texts(".versions td").await;
    assert_eq!((row[0].as_str(), row[2].as_str(), row[3].as_str(), row[4].len()), ("1", "office", "routing.toml", 12));
    assert_eq!(rules(&world, &["publish", "--revert", "--yes"]).await.0, Some(0));
    browser.wait("document.querySelectorAll('.versions tbody tr').length === 2").await;
    picture(&mut browser, "rules-zh.png").await;
    browser.open(&format!("{}/rules?lang=en", world.hub_url)).await;
    assert_eq!(browser.texts(".in-force .standing").await, ["the hub's config"]);
    let carriers = browser.texts(".carriers tbody tr").await;
    assert_eq!(carriers, ["SF Express 3 75.0 % 54.00 18.00", "ZTO Express 1 25.0 % 5.00 5.00"]);
    picture(&mut browser, "rules-en.png").await;
    browser.resize(390, 900).await;
    let wide = browser.value("document.documentElement.scrollWidth").await;
    assert_eq!(wide, 390, "nothing sticks out sideways");
    picture(&mut browser, "rules-phone.png").await;
    assert_eq!(browser.complaints, Vec::<String>::new());
}

/// For people's eyes, where they want them.
async fn picture(browser: &mut Browser, name: &str) {
    if let Some(folder) = std::env::var_os("MILEPOST_PICTURES") {
        browser.picture(&Path::new(&folder).join(name)).await;
    }
}
