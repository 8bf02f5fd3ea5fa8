//! Carriers whose tokens end: one renewal, one booking, and a file that holds what is good for the next start.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use milepost::carrier::account::Config;
use milepost::carrier::http;
use milepost::carrier::jd::Jd;
use milepost::carrier::sf::{self, Sf};
use milepost::carrier::{Carrier, Cause, Class, Outcome, Secret};
use milepost::journal::Reader;
use milepost::sim::carrier::{Fault, jd, sf as sf_sim};
use milepost::station::event::Answer;
use milepost::station::tokens::{Turn, send};
use serde_json::{Value, json};

use crate::contract::world::{PATIENCE, create, doubt, issued, query, rejected};
use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{World as Bench, eventually, scanner, screen};

/// SF's published sample.
const CHECK_WORD: &str = "fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci";

/// JD's gateway, which wants a token, and a client whose token is in a file.
struct World {
    sim: jd::JdSim,
    jd: Jd,
    file: PathBuf,
    http: reqwest::Client,
    turn: Turn,
    folder: tempfile::TempDir,
}

/// What the carrier said.
fn said(answer: Answer) -> Outcome {
    match answer {
        Answer::Is(outcome) => outcome,
        Answer::NotSent(why) => panic!("nothing was sent: {why}"),
    }
}

fn pair(access: &str, refresh: &str) -> String {
    json!({ "access_token": access, "refresh_token": refresh }).to_string()
}

impl World {
    async fn of(kept: &str) -> World {
        let options = jd::Options { tokens: Some(("a0".to_owned(), "r0".to_owned())), ..jd::Options::default() };
        let sim = jd::start(options).await.expect("a free port");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("jd.token");
        std::fs::write(&file, kept).expect("the folder takes a file");
        let jd = opened(&sim, &file);
        let http = http::client(PATIENCE, PATIENCE).expect("a client");
        World { sim, jd, file, http, turn: Turn::default(), folder }
    }

    async fn ask(&self, operation: &milepost::carrier::Operation) -> Outcome {
        let request = self.jd.request(operation, jiff::Timestamp::now()).expect("a good operation");
        let outcome = said(send(&self.http, &self.jd, &self.turn, operation, &request).await);
        let told = format!("{outcome:?}");
        assert!(!told.contains("r0") && !told.contains("access-"), "a token is nobody's: {told}");
        outcome
    }

    fn kept(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(&self.file).expect("the file")).expect("JSON")
    }

    fn creations(&self) -> usize {
        self.sim.received().iter().filter(|request| request.path.ends_with("/create")).count()
    }
}

fn text(sim: &jd::JdSim, file: &Path) -> String {
    format!(
        "[account]\nendpoint = {:?}\nrefresh_url = {:?}\napp_key = \"unit-test-app-key\"\ncustomer_code = \"010K000000\"\n\
         app_secret = {{ text = \"unit-test-app-secret\" }}\ntoken = {{ file = {file:?} }}\n",
        sim.url(),
        sim.refresh_url()
    )
}

fn opened(sim: &jd::JdSim, file: &Path) -> Jd {
    Jd::open(&text(sim, file), None, &|source| source.read(|path| std::fs::read_to_string(path), |_| None))
        .expect("an account")
}

#[tokio::test]
async fn a_token_that_ended_is_renewed_once_and_the_order_is_booked_once() {
    let world = World::of(&pair("a0", "r0")).await;
    issued(world.ask(&create("DB1")).await);
    assert_eq!(world.sim.renewals(), 0);
    world.sim.end_token();
    issued(world.ask(&create("DB2")).await);
    assert_eq!((world.sim.renewals(), world.sim.book().len(), world.creations()), (1, 2, 3));
    assert_eq!(
        (world.kept()["access_token"].as_str(), world.kept()["refresh_token"].as_str()),
        (Some("access-1"), Some("refresh-1"))
    );
    assert!(world.kept()["ends_at"].is_string());
    let mode = std::fs::metadata(&world.file).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(world.folder.path()).expect("the folder").count(), 1, "nothing half written stays");
    // The next start goes on from the file.
    let again = World { jd: opened(&world.sim, &world.file), ..world };
    issued(again.ask(&query("DB2")).await);
    assert_eq!(again.sim.renewals(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end() {
    let mut kept: Value = serde_json::from_str(&pair("a0", "r0")).expect("JSON");
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(60);
    kept["ends_at"] = json!(soon.to_string());
    let world = World::of(&kept.to_string()).await;
    issued(world.ask(&create("DB1")).await);
    assert_eq!((world.sim.renewals(), world.creations()), (1, 1), "nothing was sent with the old one");
    issued(world.ask(&create("DB2")).await);
    assert_eq!(world.sim.renewals(), 1);
}

#[tokio::test]
async fn many_at_once_renew_once() {
    let world = World::of(&pair("a0", "r0")).await;
    world.sim.end_token();
    let ids = ["DB1", "DB2", "DB3", "DB4"].map(create);
    let [one, two, three, four] = &ids;
    let (a, b, c, d) = tokio::join!(world.ask(one), world.ask(two), world.ask(three), world.ask(four));
    [a, b, c, d].into_iter().for_each(|outcome| drop(issued(outcome)));
    assert_eq!((world.sim.renewals(), world.sim.book().len()), (1, 4));
}

/// Its request was built before another operation renewed the token.
#[tokio::test]
async fn what_waited_for_its_turn_goes_with_the_new_token() {
    let world = World::of(&pair("a0", "r0")).await;
    let operation = create("DB2");
    let waiting = world.jd.request(&operation, jiff::Timestamp::now()).expect("a good operation");
    world.sim.end_token();
    issued(world.ask(&create("DB1")).await);
    issued(said(send(&world.http, &world.jd, &world.turn, &operation, &waiting).await));
    assert_eq!((world.sim.renewals(), world.sim.book().len(), world.creations()), (1, 2, 3));
}

#[tokio::test]
async fn a_refused_renewal_says_what_to_do_and_a_new_authorisation_mends_it() {
    let world = World::of(&pair("a0", "r0")).await;
    world.sim.revoke();
    let outcome = world.ask(&create("DB1")).await;
    assert_eq!(rejected(&outcome), Class::Config);
    insta::assert_snapshot!(serde_json::to_string_pretty(&outcome).expect("it serialises"));
    assert_eq!(doubt(&world.ask(&query("DB1")).await), Cause::QueryRefused);
    assert!(world.sim.book().is_empty());
    // Somebody authorises the application again, while the station runs.
    std::fs::write(&world.file, pair("a1", "revoked")).expect("the file");
    issued(world.ask(&create("DB1")).await);
    assert_eq!(world.sim.book().len(), 1);
}

#[tokio::test]
async fn a_token_alone_cannot_be_renewed() {
    let world = World::of("a0\n").await;
    issued(world.ask(&create("DB1")).await);
    world.sim.end_token();
    assert_eq!(rejected(&world.ask(&create("DB2")).await), Class::Config);
    assert_eq!((world.sim.renewals(), world.sim.book().len()), (0, 1));
}

#[tokio::test]
async fn what_is_kept_of_a_request_holds_no_token() {
    let world = World::of(&pair("a/0+", "r0")).await;
    let request = world.jd.request(&query("DB1"), jiff::Timestamp::now()).expect("a query");
    assert!(request.url.contains("access_token=a%2F0%2B&"));
    let kept = world.jd.tokens().expect("tokens").hidden(&request);
    assert!(kept.url.contains("access_token=…&"), "{}", kept.url);
}

/// A bench with an account at JD whose token ended: the label comes out, its package's code is scanned back, and nobody
/// who reads the journal learns a token.
#[tokio::test(flavor = "multi_thread")]
async fn a_station_renews_and_prints() {
    let bench = Bench::start().await;
    let account = World::of(&pair("a0", "r0")).await;
    account.sim.end_token();
    let config = account.folder.path().join("jd.toml");
    std::fs::write(&config, text(&account.sim, &account.file)).expect("the folder takes a file");
    let places = format!("{}\n[jd]\naccount = {config:?}\n", bench.place("bench-1", "pack"));
    let station = bench.station("SZ-01", &places).await;
    bench.post("/v1/items", &json!({ "items": shelf::items() })).await;
    bench.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let line = Line { goods: "红茶".into(), quantity: 1, gift: false, refunded: false };
    let mut order = serde_json::to_value(shelf::order("1001", 1, &[line], None)).expect("plain data");
    order["carrier"] = json!("jd");
    bench.post("/v1/orders", &json!({ "orders": [order] })).await;
    let mut gun = scanner(&station, "bench-1").await;
    eventually("the packer to be known", async || gun.scan(&code("badge 李雷")).await == "OK 李雷，上岗").await;
    eventually("the order to come down", async || gun.scan("1001").await == "OK 请扫商品，还差 1 件").await;
    gun.scan(&code("红茶")).await;
    let shown = screen(&station, "bench-1", |screen| screen.key == "stick_and_scan").await;
    let number = shown.parcel.and_then(|parcel| parcel.number).expect("a label has a number");
    assert!(account.sim.book().values().any(|entry| entry.number == number));
    let printed = bench.printer.papers().pop().expect("a label").codes().join(" ");
    assert!(printed.contains(&format!("{number}-1-1-")), "{printed}");
    let said = gun.scan(&format!("{number}-1-1-")).await;
    assert!(said.contains("完成"), "{said}");
    assert_eq!((account.sim.renewals(), account.sim.book().len()), (1, 1));
    let reader = Reader::open(&station.running.journal).expect("a reader");
    let id = account.sim.book().keys().next().expect("a booking").clone();
    let requests = reader.requests(&id).expect("the requests").join("\n");
    assert!(requests.contains("access_token=…"), "{requests}");
    assert!(!requests.contains("access_token=a"), "{requests}");
    station.stop().await.expect("the station ends");
}

/// SF with access tokens in place of digests.
struct AtSf {
    sim: sf_sim::SfSim,
    sf: Sf,
    turn: Turn,
    http: reqwest::Client,
}

impl AtSf {
    async fn start(check_word: &str) -> AtSf {
        let options = sf_sim::Options { tokens: true, check_word: check_word.to_owned(), ..sf_sim::Options::default() };
        let sim = sf_sim::start(options).await.expect("a free port");
        let config = sf::config(sf::BUILTIN).expect("the built-in config loads");
        let account = sf::Account { endpoint: sim.url(), token_url: sim.token_url(), ..sf::Account::default() };
        let sf = Sf::new(Config { account, ..config }, Secret::new(CHECK_WORD));
        AtSf { sim, sf, turn: Turn::default(), http: http::client(PATIENCE, PATIENCE).expect("a client") }
    }

    async fn ask(&self, id: &str) -> Outcome {
        let operation = create(id);
        let request = self.sf.request(&operation, jiff::Timestamp::now()).expect("a good operation");
        assert!(!request.body.contains("msgDigest"), "never both");
        said(send(&self.http, &self.sf, &self.turn, &operation, &request).await)
    }
}

#[tokio::test]
async fn sf_gives_tokens_for_the_check_word_and_new_ones_when_they_end() {
    let at = AtSf::start(CHECK_WORD).await;
    issued(at.ask("DB1").await);
    issued(at.ask("DB2").await);
    assert_eq!(at.sim.grants(), 1);
    at.sim.end_token();
    issued(at.ask("DB3").await);
    assert_eq!((at.sim.grants(), at.sim.book().len()), (2, 3));
    at.sim.set_fault(Some(Fault::Business("4001".to_owned())));
    assert_eq!(doubt(&at.ask("DB4").await), Cause::CarrierFailed, "no other trouble renews anything");
    assert_eq!(at.sim.grants(), 2);
}

#[tokio::test]
async fn many_at_once_at_sf_get_one_token() {
    let at = AtSf::start(CHECK_WORD).await;
    for outcome in <[Outcome; 3]>::from(tokio::join!(at.ask("DB1"), at.ask("DB2"), at.ask("DB3"))) {
        issued(outcome);
    }
    assert_eq!((at.sim.grants(), at.sim.book().len()), (1, 3));
}

#[tokio::test]
async fn sf_that_gives_no_token_says_where_to_look() {
    let Outcome::Rejected(rejection) = AtSf::start("another").await.ask("DB1").await else { panic!("not refused") };
    assert_eq!((rejection.class, rejection.code.as_str()), (Class::Config, "token"));
    assert!(rejection.cure_en.contains("check_word"), "{}", rejection.cure_en);
    assert!(!format!("{rejection:?}").contains(&CHECK_WORD[..5]));
}
