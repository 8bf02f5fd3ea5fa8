//! What is refused before any handler looks at it: hub and station say so as everywhere else, as a problem with its cure.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::world::{KEY, LIMIT, World};

async fn asked(method: &str, url: &str, body: impl Into<reqwest::Body>) -> Response {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let client = milepost::carrier::http::client(LIMIT, LIMIT).expect("a client");
    client.request(method, url).bearer_auth(KEY).body(body).send().await.expect("an answer")
}

/// The problem of an answer, which must be guarded as any other.
async fn problem(answer: Response) -> Value {
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["content-type"], "application/problem+json", "{status}");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let problem: Value = serde_json::from_str(&answer.text().await.expect("text")).expect("JSON");
    assert_eq!(problem["status"], status, "{problem}");
    assert!(problem["type"].as_str().is_some_and(|kind| kind.starts_with("urn:milepost:")), "{problem}");
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_refuses_everything_as_a_problem_with_its_cure() {
    let world = World::start().await;
    let large = "x".repeat(17 * 1024 * 1024);
    for (method, path, body, status, says) in [
        ("GET", "/v1/order", "", 404, "there is nothing at /v1/order: check the address"),
        ("GET", "/nowhere", "", 404, "there is nothing at /nowhere: check the address"),
        ("DELETE", "/v1/health", "", 405, "DELETE does nothing at /v1/health: it takes GET, HEAD"),
        ("PATCH", "/v1/routing", "", 405, "PATCH does nothing at /v1/routing: it takes "),
        ("POST", "/rules", "", 405, "POST does nothing at /rules: it takes GET, HEAD"),
        ("GET", "/v1/orders?limit=many", "", 400, "invalid digit found in string): correct it and send it again"),
        ("GET", "/v1/orders/%FF/timeline", "", 400, "the request can't be used (Invalid URL: Invalid UTF-8"),
        ("GET", "/v1/routing/versions/last", "", 400, "the request can't be used (Invalid URL"),
        ("POST", "/v1/orders", "{\"orders\": [", 422, "the body can't be used: EOF while parsing"),
        ("POST", "/v1/routing/preview", "no JSON", 422, "the body can't be used: expected"),
        ("POST", "/v1/orders", &large, 413, "send it in several requests"),
    ] {
        let answer = asked(method, &format!("{}{path}", world.hub_url), body.to_owned()).await;
        assert_eq!(answer.status(), status, "{method} {path}");
        let detail = problem(answer).await["detail"].as_str().expect("a detail").to_owned();
        assert!(detail.contains(says), "{method} {path}: {detail}");
    }
    let answer = asked("DELETE", &format!("{}/v1/health", world.hub_url), "").await;
    assert_eq!(answer.headers()["allow"], "GET,HEAD", "clients read it there");
    let page = asked("GET", &format!("{}/orders/none", world.hub_url), "").await;
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8", "a person reads a page");
    let fine = asked("GET", &format!("{}/v1/health", world.hub_url), "").await;
    assert_eq!(fine.headers()["content-type"], "application/json");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_station_refuses_everything_as_a_problem_with_its_cure() {
    let world = World::start().await;
    let station = world.station("SZ-01", &world.place("bench-1", "pack")).await;
    for (method, path, status, says) in [
        ("GET", "/v1/nothing", 404, "there is nothing at /v1/nothing: check the address"),
        ("POST", "/v1/status", 405, "POST does nothing at /v1/status: it takes GET, HEAD"),
        ("GET", "/v1/places/%FF", 400, "the request can't be used (Invalid URL: Invalid UTF-8"),
        ("GET", "/v1/places/none", 404, "no [[place]] of this station has that name"),
    ] {
        let answer = asked(method, &format!("http://{}{path}", station.address), "").await;
        assert_eq!(answer.status(), status, "{method} {path}");
        let detail = problem(answer).await["detail"].clone();
        assert!(detail.as_str().is_some_and(|detail| detail.contains(says)), "{method} {path}: {detail}");
    }
    station.stop().await.expect("the station ends");
    assert_eq!(world.get("/v1/nothing").await["title"], json!("Unknown path"));
}
