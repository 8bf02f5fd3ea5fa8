//! Sends what a carrier's module built, and says what is known about it afterwards: that nothing left this machine, an
//! answer, or neither. The only file here with effects.

use std::sync::Once;
use std::time::Duration;

use super::HttpRequest;

/// To reach a carrier at all; a working line needs far less.
pub const CONNECT: Duration = Duration::from_secs(3);
/// Until an answer is whole. Carriers' own SDKs give up after 2 to 15 seconds.
pub const READ: Duration = Duration::from_secs(10);
/// Answers have some 4 kB; more than this is not one.
const LARGEST_ANSWER: usize = 1 << 20;

/// What is known after sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The request never left: the carrier can't have the parcel.
    NothingSent(String),
    /// Give status and body to `Carrier::reply`.
    Answer { status: u16, body: Vec<u8> },
    /// It left, wholly or in part, and no whole answer came.
    Unknown(String),
}

/// A client with rustls and its `ring` provider, which is installed on the first call. It follows no redirect: a
/// redirected answer is a captive portal's, not the carrier's.
pub fn client(connect: Duration, read: Duration) -> Result<reqwest::Client, reqwest::Error> {
    builder(connect, read).build()
}

/// For an address on this machine, whose secrets are no proxy's business.
pub fn local_client(connect: Duration, read: Duration) -> Result<reqwest::Client, reqwest::Error> {
    builder(connect, read).no_proxy().build()
}

fn builder(connect: Duration, read: Duration) -> reqwest::ClientBuilder {
    static PROVIDER: Once = Once::new();
    // Somebody else may have installed one already; any will do.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    reqwest::Client::builder()
        .connect_timeout(connect)
        .timeout(connect + read)
        .redirect(reqwest::redirect::Policy::none())
}

/// Sends a request once. Errors name what happened, never the address's content.
pub async fn send(client: &reqwest::Client, request: &HttpRequest) -> Sent {
    let Ok(method) = reqwest::Method::from_bytes(request.method.as_bytes()) else {
        return Sent::NothingSent(format!("`{}` is no HTTP method", request.method));
    };
    let mut builder = client.request(method, &request.url).body(request.body.clone());
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let mut response = match builder.send().await {
        Ok(response) => response,
        Err(error) if error.is_connect() || error.is_builder() => {
            return Sent::NothingSent(told(&error));
        }
        Err(error) => return Sent::Unknown(told(&error)),
    };
    let status = response.status().as_u16();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > LARGEST_ANSWER => {
                return Sent::Unknown(format!("the answer has more than {} MiB", LARGEST_ANSWER >> 20));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Sent::Answer { status, body },
            Err(error) => return Sent::Unknown(told(&error)),
        }
    }
}

/// The innermost cause says what happened; the outer ones repeat the address.
pub fn told(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return if error.is_connect() { "no connection in time" } else { "no answer in time" }.to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
