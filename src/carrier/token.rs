//! Tokens that end: what a carrier granted, when it must be renewed, and what the answer to a renewal says. Pure: its
//! caller sends the request and keeps what was granted, in the file it came from.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::codes::CodeTable;
use super::{HttpRequest, Operation, Outcome, Secret, SecretSource, text, without_phones};

/// Renewed so long before its end that a request which waits for its turn still gets through.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// An access token, and what renews it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub access: Secret,
    pub refresh: Option<Secret>,
    /// Carriers needn't say it.
    pub ends_at: Option<Timestamp>,
}

/// Why there is no new token; nothing of the old one is repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error(
        "there is no refresh token: authorise the application again in the carrier's console and keep its answer as the token"
    )]
    NoRefresh,
    #[error(
        "the carrier refused a new token ({0}): authorise the application again in its console and keep its answer as the token"
    )]
    Refused(String),
    #[error("the carrier's answer holds no token: {0}")]
    Unreadable(String),
    #[error("the token is kept in no file, so that a new one would be lost: set it as {{ file = \"…\" }}")]
    NoFile,
}

impl Grant {
    /// The answer of a carrier's sign-in page as it came, or as `to_text` wrote it; what is no JSON is an access token
    /// that can't be renewed.
    pub fn parse(given: &str) -> Result<Self, TokenError> {
        match serde_json::from_str::<Value>(given) {
            Ok(Value::Object(fields)) => Self::read(&Value::Object(fields), None),
            _ => Ok(Self { access: Secret::new(given), refresh: None, ends_at: None }),
        }
    }

    /// `granted_at` dates an answer that says only how long its token lives.
    fn read(answer: &Value, granted_at: Option<Timestamp>) -> Result<Self, TokenError> {
        let first = |names: [&str; 2]| {
            names.into_iter().map(|name| text(&answer[name])).find(|text| !text.is_empty()).unwrap_or_default()
        };
        let access = first(["access_token", "accessToken"]);
        if access.is_empty() {
            return Err(TokenError::Unreadable("it has no access_token".to_owned()));
        }
        let refresh = Some(first(["refresh_token", "refreshToken"])).filter(|refresh| !refresh.is_empty());
        let lives = first(["expires_in", "expiresIn"]).parse().ok().map(SignedDuration::from_secs);
        let ends_at = match text(&answer["ends_at"]).parse() {
            Ok(ends_at) => Some(ends_at),
            Err(_) => granted_at.zip(lives).and_then(|(at, lives)| at.checked_add(lives).ok()),
        };
        Ok(Self { access: Secret::new(&access), refresh: refresh.map(|refresh| Secret::new(&refresh)), ends_at })
    }

    /// For its file.
    pub fn to_text(&self) -> String {
        let mut kept = json!({ "access_token": self.access.expose() });
        if let Some(refresh) = &self.refresh {
            kept["refresh_token"] = json!(refresh.expose());
        }
        if let Some(ends_at) = self.ends_at {
            kept["ends_at"] = json!(ends_at.to_string());
        }
        format!("{kept:#}\n")
    }
}

/// One account's tokens, and how it gets new ones.
#[derive(Clone, Debug)]
pub struct Tokens {
    url: String,
    /// Beside the refresh token.
    fields: Vec<(&'static str, Secret)>,
    /// Where a refresh token is needed for a new grant, and its file with it; else the account's secret is enough.
    source: Option<SecretSource>,
    codes: CodeTable,
    held: Arc<RwLock<Option<Grant>>>,
}

impl Tokens {
    /// Tokens that the account's own secret gets, as often as one is needed.
    pub(super) fn by_secret(url: &str, fields: Vec<(&'static str, Secret)>, codes: &CodeTable) -> Self {
        Self { url: url.to_owned(), fields, source: None, codes: codes.clone(), held: Arc::default() }
    }

    /// Tokens that somebody authorised once, and that renew each other since.
    pub(super) fn by_refresh(
        url: &str,
        fields: Vec<(&'static str, Secret)>,
        source: &SecretSource,
        grant: Grant,
        codes: &CodeTable,
    ) -> Self {
        let held = Arc::new(RwLock::new(Some(grant)));
        Self { url: url.to_owned(), fields, source: Some(source.clone()), codes: codes.clone(), held }
    }

    /// What requests are made with; empty until there is one.
    pub fn access(&self) -> Secret {
        self.held().map_or_else(|| Secret::new(""), |grant| grant.access)
    }

    pub fn held(&self) -> Option<Grant> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn take(&self, grant: Grant) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(grant);
    }

    /// Where a new grant must be kept, or the next start would begin with one that is used up.
    pub fn file(&self) -> Option<&Path> {
        match &self.source {
            Some(SecretSource::File(path)) => Some(path),
            _ => None,
        }
    }

    /// There is none, or it ends soon; one whose end isn't known is used until the carrier refuses it.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let Some(grant) = self.held() else { return true };
        grant.ends_at.is_some_and(|ends_at| ends_at.duration_since(now) < MARGIN)
    }

    /// Whether a request was made with the token that is held now.
    pub fn is_in(&self, request: &HttpRequest) -> bool {
        let access = self.written();
        request.url.contains(&access) || request.body.contains(&access)
    }

    /// As it stands in queries and forms.
    fn written(&self) -> String {
        form_urlencoded::byte_serialize(self.access().expose().as_bytes()).collect()
    }

    /// A request as it may be kept: without the token in it.
    pub fn hidden(&self, request: &HttpRequest) -> HttpRequest {
        let mut request = request.clone();
        let access = self.written();
        if !access.is_empty() {
            request.url = request.url.replace(&access, "…");
            request.body = request.body.replace(&access, "…");
        }
        request
    }

    /// The request for a new grant.
    pub fn renewal(&self) -> Result<HttpRequest, TokenError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        if self.source.is_some() {
            let refresh = self.held().and_then(|grant| grant.refresh).ok_or(TokenError::NoRefresh)?;
            self.file().ok_or(TokenError::NoFile)?;
            form.append_pair("grant_type", "refresh_token").append_pair("refresh_token", refresh.expose());
        }
        for (name, value) in &self.fields {
            form.append_pair(name, value.expose());
        }
        Ok(HttpRequest {
            method: "POST".to_owned(),
            url: self.url.clone(),
            headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded; charset=UTF-8".to_owned())],
            body: form.finish(),
        })
    }

    /// What the answer grants. A carrier that gives no new refresh token leaves the old one valid.
    pub fn granted(&self, status: u16, body: &[u8], now: Timestamp) -> Result<Grant, TokenError> {
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        let said = [&answer["error"], &answer["code"], &answer["apiResultCode"], &answer["error_response"]["code"]];
        let mut code = said.into_iter().map(text).find(|code| !code.is_empty()).unwrap_or_default();
        let is_refused = !matches!(code.as_str(), "" | "0" | "A1000" | "200");
        if is_refused || matches!(status, 400 | 401 | 403) {
            code = if is_refused { without_phones(&code) } else { format!("HTTP {status}") };
            return Err(TokenError::Refused(code));
        }
        if status != 200 {
            return Err(TokenError::Unreadable(format!("HTTP {status}")));
        }
        let mut grant = Grant::read(&answer, Some(now))?;
        grant.refresh = grant.refresh.or_else(|| self.held().and_then(|held| held.refresh));
        Ok(grant)
    }

    /// What becomes of an operation that had to wait for a token which didn't come.
    /// `None` where that is nobody's to mend.
    pub fn missing(&self, operation: &Operation, error: &TokenError) -> Option<Outcome> {
        match error {
            TokenError::Unreadable(_) => None,
            _ => Some(self.codes.outcome(operation, "token", &error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes() -> CodeTable {
        CodeTable::new(Vec::new()).expect("an empty table")
    }

    fn tokens(source: &SecretSource, grant: &str) -> Tokens {
        let grant = Grant::parse(grant).expect("a grant");
        let fields = vec![("client_id", Secret::new("key"))];
        Tokens::by_refresh("http://127.0.0.1:9/oauth/refresh", fields, source, grant, &codes())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_grant_is_read_as_it_came_and_as_it_was_kept() {
        let came = r#"{"accessToken":"a1","refreshToken":"r1","expiresIn":"7199","scope":"x"}"#;
        let kept = r#"{"access_token":"a1","refresh_token":"r1","ends_at":"2026-02-18T08:00:00Z"}"#;
        let (came, kept) = (Grant::parse(came).expect("it came"), Grant::parse(kept).expect("it was kept"));
        assert_eq!((came.access.expose(), came.ends_at), ("a1", None), "nobody knows when it was granted");
        assert_eq!(kept.ends_at, Some(at("2026-02-18T08:00:00Z")));
        assert_eq!(Grant::parse(&kept.to_text()), Ok(kept));
        assert_eq!(Grant::parse("plain-token").map(|grant| grant.refresh), Ok(None));
        assert!(matches!(Grant::parse("{}"), Err(TokenError::Unreadable(_))));
    }

    #[test]
    fn it_is_renewed_shortly_before_its_end_with_its_refresh_token() {
        let file = SecretSource::File("/token".into());
        let kept = r#"{"access_token":"a1","refresh_token":"r1","ends_at":"2026-02-18T08:00:00Z"}"#;
        let tokens = tokens(&file, kept);
        assert!(!tokens.is_due(at("2026-02-18T07:54:59Z")));
        assert!(tokens.is_due(at("2026-02-18T07:55:01Z")));
        let request = tokens.renewal().expect("a renewal");
        assert_eq!(request.body, "grant_type=refresh_token&refresh_token=r1&client_id=key");
        let answer = br#"{"access_token":"a2","expires_in":60}"#;
        let grant = tokens.granted(200, answer, at("2026-02-18T08:00:00Z")).expect("a grant");
        assert_eq!(grant.ends_at, Some(at("2026-02-18T08:01:00Z")));
        assert_eq!(grant.refresh.as_ref().map(Secret::expose), Some("r1"), "the old one goes on");
        tokens.take(grant);
        assert_eq!(tokens.access().expose(), "a2");
        assert!(!format!("{tokens:?}").contains("a2"));
    }

    #[test]
    fn what_cannot_be_renewed_says_what_to_do() {
        let file = SecretSource::File("/token".into());
        let text = SecretSource::Text(String::new());
        assert_eq!(tokens(&file, "plain").renewal(), Err(TokenError::NoRefresh));
        let pair = r#"{"access_token":"a1","refresh_token":"r1"}"#;
        assert_eq!(tokens(&text, pair).renewal(), Err(TokenError::NoFile));
        for (status, body, refused) in [
            (200, r#"{"error":"invalid_grant"}"#, Some("invalid_grant")),
            (400, "{}", Some("HTTP 400")),
            (200, r#"{"apiResultCode":"A1006"}"#, Some("A1006")),
            (200, r#"{"error_response":{"code":19}}"#, Some("19")),
            (502, "<html>", None),
            (200, "<html>", None),
        ] {
            let error = tokens(&file, pair).granted(status, body.as_bytes(), Timestamp::UNIX_EPOCH).expect_err(body);
            match refused {
                Some(code) => assert_eq!(error, TokenError::Refused(code.to_owned())),
                None => assert!(matches!(error, TokenError::Unreadable(_)), "{error:?}"),
            }
        }
    }
}
