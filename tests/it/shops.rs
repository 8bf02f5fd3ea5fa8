//! A shop with a sender and an account of its own beside one without: each parcel is its shop's alone.

use milepost::domain::fact::Fact;
use milepost::sim::carrier::sf;
use serde_json::json;

use crate::bad_days::Bench;
use crate::story::script::Line;
use crate::story::shelf;
use crate::world::{World, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn each_shops_parcels_travel_on_its_own_account_and_name_its_own_sender() {
    let options = sf::Options {
        partner_id: "YUNSHANG".into(),
        check_word: "another-word".into(),
        issued: 500,
        ..sf::Options::default()
    };
    let flagship = sf::start(options).await.expect("a free port");
    let world = World::start().await;
    let account = world.folder.path().join("flagship.toml");
    let text = format!(
        "[account]\nendpoint = {:?}\npartner_id = \"YUNSHANG\"\ncheck_word = {{ text = \"another-word\" }}\n",
        flagship.url()
    );
    std::fs::write(&account, text).expect("the folder takes a file");
    let shop = format!(
        "[[shop]]\nname = \"旗舰店\"\nsf = {{ account = {account:?} }}\n\
         sender = {{ name = \"旗舰店\", phone = \"075512345679\", province = \"广东省\", city = \"深圳市\", \
         district = \"南山区\", detail = \"1号库\" }}\n"
    );
    let place = format!("{}\n{shop}", world.place("bench-1", "pack"));
    let mut bench = Bench::at(world, &place, None).await;
    let line = Line { goods: "红茶".into(), quantity: 1, gift: false, refunded: false };
    let mut order = shelf::order("2001", 1, &[line], None);
    order.shop = "旗舰店".into();
    bench.world.post("/v1/orders", &json!({ "orders": [order] })).await;
    eventually("the order to come down", async || bench.gun.scan("2001").await == "OK 请扫商品，还差 1 件").await;
    assert!(bench.gun.scan(&shelf::code("红茶")).await.starts_with("OK"));
    let number = bench.number("stick_and_scan").await;
    assert_eq!(bench.gun.scan(&number).await, "OK 完成，顺丰");

    let of = |sim: &sf::SfSim| sim.book().values().map(|entry| entry.sender().to_owned()).collect::<Vec<_>>();
    assert_eq!((of(&flagship), of(&bench.world.sf)), (vec!["旗舰店".to_owned()], vec!["云上茶仓".to_owned()]));
    let asked = |fact: &Fact| match fact {
        Fact::WaybillRequested { account, .. } => Some(account.clone()),
        _ => None,
    };
    let accounts: Vec<_> = bench.facts().iter().filter_map(asked).collect();
    assert_eq!(accounts, [None, Some("旗舰店".to_owned())], "the journal says on which account");
    bench.station.stop().await.expect("the station ends");
}
