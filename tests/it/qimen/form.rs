//! The built-in form of Qimen's messages, and what is said of a hub that can't be started with one.

use milepost::hub::config::HubConfig;
use milepost::hub::qimen::{CustomerConfig, QimenConfig};
use milepost::hub::serve::Serving;
use milepost::intake::qimen::Form;
use tempfile::TempDir;

#[test]
fn every_status_of_the_built_in_form_is_a_documented_one() {
    // api.htm, apiId 26003.
    let documented = [
        "ACCEPT",
        "PARTFULFILLED",
        "FULFILLED",
        "PRINT",
        "PICK",
        "CHECK",
        "PACKAGE",
        "WEIGH",
        "READY",
        "DELIVERED",
        "REFUSE",
        "EXCEPTION",
        "CLOSED",
        "CANCELED",
        "REJECT",
        "SIGN",
        "TMSCANCELED",
        "OTHER",
        "PARTDELIVERED",
        "TMSCANCELFAILED",
    ];
    let process = Form::builtin().process;
    for word in [
        process.accepted,
        process.printed,
        process.picked,
        process.checked,
        process.packed,
        process.weighed,
        process.shipped,
    ] {
        assert!(documented.contains(&word.as_str()), "{word}");
    }
}

#[tokio::test]
async fn a_hub_says_what_its_qimen_lacks() {
    let folder = TempDir::new().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("it is written");
        path
    };
    let (secret, empty) = (file("qimen.key", "s"), file("empty.key", " \n"));
    let form = file("qimen.toml", "chanel = \"erp\"\n");
    let customer =
        CustomerConfig { customer_id: "c1".into(), shop: None, warehouse: None, warehouses: Default::default() };
    let whole = QimenConfig {
        app_key: "k".into(),
        secret: Some(secret),
        customer: vec![customer.clone()],
        ..QimenConfig::default()
    };
    for (qimen, says) in [
        (QimenConfig { app_key: String::new(), ..whole.clone() }, "without an `app_key` in [qimen]"),
        (QimenConfig { secret: None, ..whole.clone() }, "[qimen] has no `secret`"),
        (QimenConfig { secret: Some(empty), ..whole.clone() }, "is empty: write the one of `app_key`"),
        (QimenConfig { customer: vec![], ..whole.clone() }, "[qimen] has no customer"),
        (QimenConfig { customer: vec![customer.clone(), customer], ..whole.clone() }, "two [[qimen.customer]] `c1`"),
        (QimenConfig { form: Some(form), ..whole }, "unknown field `chanel`"),
    ] {
        let config = HubConfig {
            data_dir: folder.path().join("hub"),
            listen: "127.0.0.1:0".into(),
            qimen_listen: Some("127.0.0.1:0".into()),
            qimen,
            ..HubConfig::default()
        };
        let error = match Serving::start(&config).await {
            Ok(_) => panic!("it started without: {says}"),
            Err(error) => format!("{error:#}"),
        };
        assert!(error.contains(says), "{error}");
    }
}
