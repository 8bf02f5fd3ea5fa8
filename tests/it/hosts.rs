//! Under which names hub and station may be asked, and by whose pages: the same rule on every path of both.

use milepost::hub::config::HubConfig;
use milepost::hub::serve::Serving;
use reqwest::header::{HOST, ORIGIN};
use serde_json::Value;

use crate::world::{LIMIT, World};

/// Status and words for a request under a name, from a page of `origin`.
async fn asked(url: &str, host: &str, origin: Option<&str>) -> (u16, String) {
    let client = milepost::carrier::http::client(LIMIT, LIMIT).expect("a client");
    let mut call = client.get(url).header(HOST, host);
    if let Some(origin) = origin {
        call = call.header(ORIGIN, origin);
    }
    let answer = call.send().await.expect("an answer");
    let status = answer.status().as_u16();
    let problem: Value = serde_json::from_str(&answer.text().await.expect("text")).unwrap_or_default();
    (status, problem["detail"].as_str().unwrap_or_default().to_owned())
}

async fn guarded(base: &str, paths: &[&str]) {
    for path in paths {
        let url = format!("{base}{path}");
        let listed = "milepost.site.example:7080";
        assert_eq!(asked(&url, listed, None).await.0, 200, "{path} by its listed name");
        assert_eq!(asked(&url, "Milepost.Site.Example", Some("http://milepost.site.example")).await.0, 200, "{path}");
        let (status, why) = asked(&url, "evil.example", None).await;
        assert_eq!(status, 403, "{path}");
        assert_eq!(
            why,
            "`evil.example` is not a name of this server: call it by another, or add this one to `hosts` in its config"
        );
        for origin in ["http://evil.example", "null", "http://milepost.site.example:9999"] {
            let (status, why) = asked(&url, listed, Some(origin)).await;
            assert_eq!((status, why.contains("may not ask this server")), (403, true), "{path} from {origin}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_answers_to_its_own_and_its_listed_names_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = HubConfig {
        data_dir: folder.path().to_owned(),
        listen: "0.0.0.0:0".into(),
        hosts: vec!["milepost.site.example".into()],
        ..HubConfig::default()
    };
    let hub = Serving::start(&config).await.expect("the hub starts");
    let base = format!("http://127.0.0.1:{}", hub.address.port());
    guarded(&base, &["/", "/stations", "/v1/health", "/v1/exceptions", "/assets/hub.css"]).await;
    assert_eq!(
        asked(&format!("{base}/"), "127.0.0.1", None).await.0,
        200,
        "this machine itself, whatever it listens on"
    );
    let unlisted = Serving::start(&HubConfig { data_dir: folder.path().join("other"), hosts: Vec::new(), ..config })
        .await
        .expect("the hub starts");
    let other = format!("http://127.0.0.1:{}/", unlisted.address.port());
    assert_eq!(asked(&other, "milepost.site.example", None).await.0, 403, "no name is good before it is listed");
    hub.stop().await.expect("it ends");
    unlisted.stop().await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_answers_to_its_own_and_its_listed_names_only() {
    let world = World::start().await;
    let path = world.config("SZ-01", &world.place("bench-1", "pack")).await;
    let text = std::fs::read_to_string(&path).expect("the config");
    std::fs::write(&path, format!("hosts = [\"milepost.site.example\"]\n{text}")).expect("the config is written");
    let station = world.start_station(&path).await;
    let base = format!("http://{}", station.address);
    guarded(&base, &["/", "/places/bench-1", "/v1/status", "/v1/places/bench-1"]).await;
    assert_eq!(asked(&format!("{base}/v1/status"), "localhost", None).await.0, 200);
    station.stop().await.expect("the station ends");
}
