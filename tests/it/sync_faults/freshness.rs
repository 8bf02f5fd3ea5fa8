//! How fresh refunds are is said of what is kept here, and of nothing less.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use milepost::station::serve::Station;
use serde_json::{Value, json};

use crate::world::{World, eventually};

/// A hub that says what it is told to, once each, and then nothing any more.
struct Scripted {
    url: String,
    answers: Arc<Mutex<Vec<Value>>>,
}

impl Scripted {
    async fn start() -> Scripted {
        let answers: Arc<Mutex<Vec<Value>>> = Arc::default();
        let told = answers.clone();
        let down = move || {
            let told = told.clone();
            async move { next(&told).await }
        };
        let router = Router::new().route("/v1/down/{station}", get(down));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Scripted { url, answers }
    }

    fn say(&self, more: bool, documents: &Value, cursor: u64, as_of_us: i64) {
        let answer = json!({
            "hub_epoch": "e1", "documents": documents, "cursor": cursor, "more": more, "as_of_us": as_of_us,
        });
        self.answers.lock().expect("nobody panics with it").push(answer);
    }

    fn is_out(&self) -> bool {
        self.answers.lock().expect("nobody panics with it").is_empty()
    }
}

async fn next(answers: &Mutex<Vec<Value>>) -> Response {
    tokio::time::sleep(Duration::from_millis(20)).await;
    let mut answers = answers.lock().expect("nobody panics with it");
    match answers.is_empty() {
        true => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        false => Json(answers.remove(0)).into_response(),
    }
}

fn cancelled(order_no: &str) -> Value {
    json!([{ "kind": "note", "key": order_no, "version": 1, "body": {} }])
}

fn as_of(station: &Station) -> Option<i64> {
    station.running.sync.borrow().as_of_us
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_has_more_to_say_makes_nothing_fresh_and_a_restart_forgets_nothing() {
    let world = World::start().await;
    let hub = Scripted::start().await;
    let config = world.config("SZ-01", &world.place("bench-1", "pack")).await;
    let text = std::fs::read_to_string(&config).expect("the config").replace(&world.hub_url, &hub.url);
    std::fs::write(&config, text).expect("the config is written");

    hub.say(true, &cancelled("1"), 1, 1_000);
    let station = world.start_station(&config).await;
    let cursor = |station: &Station| station.running.sync.borrow().cursor;
    eventually("the first half to be kept", async || cursor(&station) == 1).await;
    assert_eq!(as_of(&station), None, "half of what is cancelled is not what is cancelled");

    hub.say(false, &cancelled("2"), 2, 2_000);
    eventually("the rest to be kept", async || as_of(&station).is_some()).await;
    assert_eq!((cursor(&station), as_of(&station)), (2, Some(2_000)));

    hub.say(false, &json!([]), 2, 3_000);
    eventually("nothing new to be told", async || hub.is_out() && as_of(&station) == Some(3_000)).await;
    station.stop().await.expect("the station ends");

    // Away: it may say that it heard of less than it did, never of more.
    let station = world.restart_station(&config).await;
    assert_eq!(as_of(&station), Some(2_000), "kept at most once a minute");
    station.stop().await.expect("the station ends");
}
