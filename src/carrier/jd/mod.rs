//! JD Logistics through its open platform (LOP): a path per operation, a signed query, and a JSON array with one object
//! as the body (express orders, `/ecap/v1/orders/…`).

mod message;
mod reply;
mod scan;
mod sign;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use super::account::{self, Config, ConfigError};
use super::codes::CodeTable;
use super::secret::{Secret, SecretError, SecretSource};
use super::token::{Grant, Tokens};
use super::tracking::{Push, PushAnswer, PushError, Scan, ScanTable};
use super::{Carrier, CarrierError, HttpRequest, Operation, Outcome};
use crate::domain::order::CarrierCode;

pub use sign::{Mode, Signed, digest};

/// An account's options. JD publishes no sandbox account: key, secret and customer code are everybody's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Account {
    pub endpoint: String,
    pub app_key: String,
    pub app_secret: SecretSource,
    /// Empty for partners without a user.
    pub token: SecretSource,
    pub refresh_url: String,
    pub signature: Mode,
    pub lop_dn: String,
    pub lop_tz: i8,
    pub customer_code: String,
    pub clinic_code: String,
    pub order_origin: u8,
    pub product: String,
    pub settle_type: u8,
    pub pickup_type: u8,
    pub volume_cm3: u32,
    pub channel_code: String,
    pub cancel_reason: String,
    pub query_path: String,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            endpoint: "https://test-api.jdl.com".to_owned(),
            app_key: String::new(),
            app_secret: SecretSource::Env("JD_APP_SECRET".to_owned()),
            token: SecretSource::Text(String::new()),
            refresh_url: "https://oauth.jdl.com/oauth/refresh".to_owned(),
            signature: Mode::Md5Salt,
            lop_dn: "ECAP".to_owned(),
            lop_tz: 8,
            customer_code: String::new(),
            clinic_code: String::new(),
            order_origin: 1,
            product: "ed-m-0001".to_owned(),
            settle_type: 3,
            pickup_type: 1,
            volume_cm3: 1_000,
            channel_code: "0030001".to_owned(),
            cancel_reason: "cancelled by the sender".to_owned(),
            query_path: "/ecap/v1/orders/status/get".to_owned(),
        }
    }
}

/// The config file as built in.
pub const BUILTIN: &str = include_str!("../../../config/carriers/jd.toml");

/// A config file's text.
pub fn config(text: &str) -> Result<Config<Account>, ConfigError> {
    account::read(CarrierCode::Jd, text, BUILTIN)
}

/// One account at JD Logistics.
#[derive(Clone, Debug)]
pub struct Jd {
    account: Account,
    app_secret: Secret,
    /// `None` for partners without a user.
    tokens: Option<Tokens>,
    codes: CodeTable,
    scans: ScanTable,
}

impl Jd {
    /// `grant` is what the account's `token` holds.
    pub fn new(config: Config<Account>, app_secret: Secret, grant: Option<Grant>) -> Self {
        let Config { mut account, codes, scans } = config;
        // A line end of an edited file is no part of a key.
        account.app_key = Secret::new(&account.app_key).expose().to_owned();
        account.customer_code = Secret::new(&account.customer_code).expose().to_owned();
        let fields = vec![("client_id", Secret::new(&account.app_key)), ("client_secret", app_secret.clone())];
        let tokens = grant.map(|grant| Tokens::by_refresh(&account.refresh_url, fields, &account.token, grant, &codes));
        Self { account, app_secret, tokens, codes, scans }
    }

    /// From a config file's text; `endpoint` takes the place of its own.
    pub fn open(
        text: &str,
        endpoint: Option<&str>,
        secret: &dyn Fn(&SecretSource) -> Result<Secret, SecretError>,
    ) -> Result<Self, ConfigError> {
        let mut config = config(text)?;
        let file = || "jd.toml".to_owned();
        let account = &mut config.account;
        if let Some(endpoint) = endpoint {
            endpoint.clone_into(&mut account.endpoint);
        }
        let is_business = matches!(account.order_origin, 1 | 2);
        for (option, is_missing) in [
            ("app_key", account.app_key.trim().is_empty()),
            ("customer_code", is_business && account.customer_code.trim().is_empty()),
        ] {
            if is_missing {
                let cure = "JD publishes no account for everybody, take it from JD's console or contract";
                return Err(ConfigError::Empty { file: file(), option, cure });
            }
        }
        let app_secret = secret(&account.app_secret)?;
        let token = (!account.token.is_empty()).then(|| secret(&account.token)).transpose()?;
        let grant = token.map(|token| Grant::parse(token.expose())).transpose();
        let grant = grant.map_err(|source| ConfigError::Token { file: file(), option: "token", source })?;
        Ok(Self::new(config, app_secret, grant))
    }
}

impl Carrier for Jd {
    fn code(&self) -> CarrierCode {
        CarrierCode::Jd
    }

    fn request(&self, operation: &Operation, now: Timestamp) -> Result<HttpRequest, CarrierError> {
        // Serialised once: the bytes that are signed are the bytes that are sent.
        let (path, body) = message::of(&self.account, operation)?;
        let Account { endpoint, app_key, signature, lop_dn, lop_tz, .. } = &self.account;
        let zone = Offset::from_hours(*lop_tz).unwrap_or(jiff::tz::offset(8));
        let timestamp = zone.to_datetime(now).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let token = self.tokens.as_ref().map(Tokens::access);
        let access_token = token.as_ref().map_or("", Secret::expose);
        let signed = Signed { app_key, access_token, path, body: &body, timestamp: &timestamp };
        let sign = digest(*signature, &signed, self.app_secret.expose());
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("LOP-DN", lop_dn).append_pair("app_key", app_key);
        // Partners without a user sign an empty token and send none.
        if !access_token.is_empty() {
            query.append_pair("access_token", access_token);
        }
        query
            .append_pair("timestamp", &timestamp)
            .append_pair("v", "2.0")
            .append_pair("sign", &sign)
            .append_pair("algorithm", signature.name());
        Ok(HttpRequest {
            method: "POST".to_owned(),
            url: format!("{}{path}?{}", endpoint.trim_end_matches('/'), query.finish()),
            headers: vec![
                ("content-type".to_owned(), "application/json;charset=utf-8".to_owned()),
                ("lop-tz".to_owned(), lop_tz.to_string()),
            ],
            body,
        })
    }

    fn reply(&self, operation: &Operation, status: u16, body: &[u8]) -> Outcome {
        let mut outcome = reply::read(&self.codes, &self.scans, operation, status, body);
        // Who pays is no part of JD's answer, and stands on the label.
        if let Outcome::Confirmed(issued) = &mut outcome {
            issued.routing.insert("settle_type".to_owned(), self.account.settle_type.into());
        }
        outcome
    }

    /// JD's documents name no signature for pushes: the address it pushes to is the secret.
    fn pushed(&self, push: &Push<'_>) -> Result<Vec<Scan>, PushError> {
        scan::pushed(&self.scans, push)
    }

    fn push_answer(&self, _push: &Push<'_>, kept: bool) -> PushAnswer {
        let body = if kept {
            r#"{"code":0,"success":true,"msg":"success"}"#
        } else {
            r#"{"code":1,"success":false,"msg":"not kept, send it again"}"#
        };
        PushAnswer { content_type: "application/json;charset=UTF-8", body: body.to_owned() }
    }

    fn tokens(&self) -> Option<&Tokens> {
        self.tokens.as_ref()
    }

    fn token_ended(&self, _status: u16, body: &[u8]) -> bool {
        let answer = serde_json::from_slice(body).ok();
        let code = answer.as_ref().and_then(reply::gateway).map(|(code, _)| code);
        code.and_then(|code| self.codes.get(&code)).is_some_and(|code| code.renews_token)
    }
}

#[cfg(test)]
mod tests {
    use super::super::codes::Class;
    use super::*;

    #[test]
    fn the_built_in_codes_load_and_what_is_missing_is_named() {
        let codes = config(BUILTIN).expect("the built-in file loads").codes;
        assert_eq!(codes.get("0_0001").map(|code| code.class), Some(Class::Duplicate));
        assert!(codes.get("gateway 19").is_some_and(|code| code.renews_token));
        let open =
            |text: &str| Jd::open(text, None, &|source| source.read(|_| Ok("{}".to_owned()), |_| Some("s".to_owned())));
        let error = open("").expect_err("no key").to_string();
        assert!(error.starts_with("jd.toml: app_key is empty: "), "{error}");
        let key = "[account]\napp_key = \"k\"\n";
        assert!(open(key).expect_err("no customer").to_string().contains("customer_code"), "{key}");
        let customer = format!("{key}customer_code = \"c\"\n");
        assert!(open(&customer).is_ok());
        let token = format!("{customer}token = {{ file = \"/token\" }}\n");
        assert!(open(&token).expect_err("no token").to_string().contains("jd.toml: token: "));
    }
}
