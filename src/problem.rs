//! What every refused request is answered with: an RFC 9457 problem that names the cure. So are the refusals that come
//! before any of our handlers: no such path, no such method, a query that can't be read, a body that is too large.

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::wire::Problem;

const MEDIA_TYPE: &str = "application/problem+json";
/// The HTTP library's own words are a line.
const LONGEST_WORDS: usize = 1024;

pub fn answer(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_string(problem).expect("a problem is plain data");
    (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response()
}

/// The calls, every refusal of theirs a problem; pages for people stay pages.
pub fn told_by(calls: Router) -> Router {
    // Around the whole of them: which methods a path takes is known only there.
    Router::new().fallback_service(calls).layer(middleware::from_fn(told))
}

async fn told(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let refused = response.status().is_client_error() || response.status().is_server_error();
    if !refused || has_words_of_ours(response.headers()) {
        return response;
    }
    let (head, body) = response.into_parts();
    let words = to_bytes(body, LONGEST_WORDS).await.unwrap_or_default();
    let words = String::from_utf8_lossy(&words).into_owned();
    let allowed = head.headers.get(header::ALLOW).cloned();
    let mut response = answer(&problem(head.status, &method, &path, allowed.as_ref(), &words));
    allowed.map(|allowed| response.headers_mut().insert(header::ALLOW, allowed));
    response
}

fn has_words_of_ours(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    kind.starts_with(MEDIA_TYPE.as_bytes()) || kind.starts_with(b"text/html")
}

fn problem(status: StatusCode, method: &Method, path: &str, allowed: Option<&HeaderValue>, words: &str) -> Problem {
    let (title, detail) = match status {
        StatusCode::NOT_FOUND => ("Unknown path", format!("there is nothing at {path}: check the address")),
        StatusCode::METHOD_NOT_ALLOWED => {
            let allowed = allowed.and_then(|allowed| allowed.to_str().ok()).unwrap_or("another method");
            ("Unknown method", format!("{method} does nothing at {path}: it takes {}", allowed.replace(',', ", ")))
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("Body too large", "the body is larger than is taken at once: send it in several requests".to_owned())
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("Unknown type", "the body's type is not taken here: send JSON as `application/json`".to_owned())
        }
        status if status.is_client_error() => {
            ("Unusable request", format!("the request can't be used ({words}): correct it and send it again"))
        }
        _ => ("Request failed", "the request failed inside and may have had no effect: report it".to_owned()),
    };
    Problem::new(status.as_u16(), title, detail)
}
