//! SF Express through its open platform: one endpoint, a form with signed JSON in it
//! (EXP_RECE_CREATE_ORDER, EXP_RECE_SEARCH_ORDER_RESP, EXP_RECE_UPDATE_ORDER, EXP_RECE_SEARCH_ROUTES).

mod message;
mod reply;
mod route;
mod xml;
pub mod sign;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::account::{self, Config, ConfigError};
use super::codes::CodeTable;
use super::secret::{Secret, SecretError, SecretSource};
use super::token::Tokens;
use super::tracking::{Push, PushAnswer, PushError, Scan, ScanTable};
use super::{Carrier, CarrierError, HttpRequest, Operation, Outcome, text};
use crate::domain::order::CarrierCode;

pub use sign::Mode;

const JSON: &str = "application/json;charset=UTF-8";
const XML: &str = "text/xml;charset=UTF-8";

/// An account's options; the defaults are SF's published sandbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Account {
    pub endpoint: String,
    pub partner_id: String,
    pub check_word: SecretSource,
    pub signature: Mode,
    /// Where access tokens come from that stand in the digest's place; empty: requests are signed.
    pub token_url: String,
    pub monthly_card: String,
    pub express_type_id: u32,
    pub pay_method: u8,
    pub unified_waybill_no: bool,
    pub is_docall: bool,
    pub language: String,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            endpoint: "https://sfapi-sbox.sf-express.com/std/service".to_owned(),
            partner_id: "test".to_owned(),
            check_word: SecretSource::Text("fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci".to_owned()),
            signature: Mode::StandardMd5,
            token_url: String::new(),
            monthly_card: "7551234567".to_owned(),
            express_type_id: 2,
            pay_method: 1,
            unified_waybill_no: true,
            is_docall: false,
            language: "zh-CN".to_owned(),
        }
    }
}

/// The config file as built in.
pub const BUILTIN: &str = include_str!("../../../config/carriers/sf.toml");

/// A config file's text.
pub fn config(text: &str) -> Result<Config<Account>, ConfigError> {
    account::read(CarrierCode::Sf, text, BUILTIN)
}

/// One account at SF.
#[derive(Clone, Debug)]
pub struct Sf {
    account: Account,
    check_word: Secret,
    /// `None` where requests are signed.
    tokens: Option<Tokens>,
    codes: CodeTable,
    scans: ScanTable,
}

impl Sf {
    pub fn new(config: Config<Account>, check_word: Secret) -> Self {
        let Config { mut account, codes, scans } = config;
        // A CR from an edited file at the end of the id is answered A1004, "no permission".
        account.partner_id = Secret::new(&account.partner_id).expose().to_owned();
        let fields = || {
            let grant_type = Secret::new("password");
            let partner_id = Secret::new(&account.partner_id);
            vec![("partnerID", partner_id), ("secret", check_word.clone()), ("grantType", grant_type)]
        };
        let asks = !account.token_url.is_empty();
        let tokens = asks.then(|| Tokens::by_secret(&account.token_url, fields(), &codes));
        Self { account, check_word, tokens, codes, scans }
    }

    /// From a config file's text; `endpoint` takes the place of its own.
    pub fn open(
        text: &str,
        endpoint: Option<&str>,
        secret: &dyn Fn(&SecretSource) -> Result<Secret, SecretError>,
    ) -> Result<Self, ConfigError> {
        let mut config = config(text)?;
        if let Some(endpoint) = endpoint {
            endpoint.clone_into(&mut config.account.endpoint);
        }
        let check_word = secret(&config.account.check_word)?;
        Ok(Self::new(config, check_word))
    }
}

impl Carrier for Sf {
    fn code(&self) -> CarrierCode {
        CarrierCode::Sf
    }

    fn request(&self, operation: &Operation, now: Timestamp) -> Result<HttpRequest, CarrierError> {
        // Serialised once: the bytes that are signed are the bytes that are sent.
        let (service, message) = message::of(&self.account, operation)?;
        let timestamp = now.as_millisecond().to_string();
        // Never both.
        let (proof, proven) = match &self.tokens {
            Some(tokens) => ("accessToken", tokens.access().expose().to_owned()),
            None => {
                let check_word = self.check_word.expose();
                ("msgDigest", sign::digest(self.account.signature, &message, &timestamp, check_word))
            }
        };
        // The same for every try of the same parcel, so that a request can be reproduced byte for byte.
        let waybill_id = operation.waybill_id().map_or("", |id| id.as_str());
        let request_id = Uuid::new_v5(&Uuid::NAMESPACE_OID, waybill_id.as_bytes());
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("partnerID", &self.account.partner_id)
            .append_pair("requestID", &request_id.to_string())
            .append_pair("serviceCode", service)
            .append_pair("timestamp", &timestamp)
            .append_pair(proof, &proven)
            .append_pair("msgData", &message)
            .finish();
        Ok(HttpRequest {
            method: "POST".to_owned(),
            url: self.account.endpoint.clone(),
            headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded; charset=UTF-8".to_owned())],
            body,
        })
    }

    fn reply(&self, operation: &Operation, status: u16, body: &[u8]) -> Outcome {
        reply::read(&self.codes, &self.scans, operation, status, body)
    }

    /// SF signs no push: the address it pushes to is the secret.
    fn pushed(&self, push: &Push<'_>) -> Result<Vec<Scan>, PushError> {
        route::pushed(&self.scans, push)
    }

    /// In the form of the push: SF's console knows both.
    fn push_answer(&self, push: &Push<'_>, kept: bool) -> PushAnswer {
        let (content_type, body) = match (route::is_form(push), kept) {
            (false, true) => (JSON, r#"{"return_code":"0000","return_msg":"\u6210\u529f"}"#),
            (false, false) => (JSON, r#"{"return_code":"1000","return_msg":"\u7cfb\u7edf\u5f02\u5e38"}"#),
            (true, true) => (XML, r#"<Response service="RoutePushService"><Head>OK</Head></Response>"#),
            (true, false) => (
                XML,
                r#"<Response service="RoutePushService"><Head>ERR</Head><ERROR code="4001">not kept, send it again</ERROR></Response>"#,
            ),
        };
        PushAnswer { content_type, body: body.to_owned() }
    }

    fn tokens(&self) -> Option<&Tokens> {
        self.tokens.as_ref()
    }

    fn token_ended(&self, _status: u16, body: &[u8]) -> bool {
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        self.codes.get(&text(&answer["apiResultCode"])).is_some_and(|code| code.renews_token)
    }
}

#[cfg(test)]
mod tests {
    use super::super::codes::Class;
    use super::*;

    #[test]
    fn the_built_in_codes_load_and_an_unknown_option_is_named() {
        let codes = config(BUILTIN).expect("the built-in file loads").codes;
        assert_eq!(codes.get("8016").map(|code| code.class), Some(Class::Duplicate));
        let error = config("[account]\nendpiont = \"x\"").expect_err("a misspelt option").to_string();
        assert!(error.contains("endpiont") && error.contains("endpoint"), "{error}");
        let twice = "[[code]]\ncodes = [\"1\", \"1\"]\nclass = \"bug\"\nzh = \"\"\nen = \"\"\n";
        assert!(config(twice).expect_err("one code twice").to_string().contains("code 1 stands twice"));
    }
}
