//! ZTO Express through its open platform: one path an API, a JSON body, and a digest of its exact bytes in a header
//! (zto.open.createOrder and its neighbours). What ZTO publishes no form of is read leniently; what stays unclear is
//! in doubt.

mod message;
mod reply;
mod scan;
pub mod sign;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::account::{self, Config, ConfigError};
use super::codes::CodeTable;
use super::secret::{Secret, SecretError, SecretSource};
use super::tracking::{Push, PushAnswer, PushError, Scan, ScanTable};
use super::{Carrier, CarrierError, HttpRequest, Operation, Outcome};
use crate::domain::order::CarrierCode;

pub use sign::{Encoding, Mode, digest};

/// An account's options; the defaults are ZTO's test environment with the account its documents name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Account {
    pub endpoint: String,
    pub app_key: String,
    pub app_secret: SecretSource,
    pub signature: Mode,
    pub encoding: Encoding,
    pub timestamp: bool,
    /// Only read where the signature is HMAC.
    pub hmac_key: SecretSource,
    pub headers: HeaderNames,
    pub partner_type: String,
    pub order_type: String,
    pub held_order_type: String,
    pub account_id: String,
    pub account_password: SecretSource,
    pub account_type: u32,
    pub customer_id: String,
    pub cancel_type: String,
    pub create_path: String,
    pub query_path: String,
    pub cancel_path: String,
    pub intercept_path: String,
    pub route_path: String,
    pub balance_path: String,
    pub track_path: String,
    pub subscribe_path: String,
}

/// ZTO's documents name the headers otherwise than its own SDKs; the gateway takes both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderNames {
    /// `x-appKey`, `x-dataDigest`
    #[default]
    Documents,
    /// `x-companyid`, `x-datadigest`
    Sdk,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            endpoint: "https://japi-test.zto.com".to_owned(),
            app_key: "test".to_owned(),
            app_secret: SecretSource::Text("6fecf57d0f3e1c2100eac4810aa90b54".to_owned()),
            signature: Mode::Md5,
            encoding: Encoding::Base64,
            timestamp: false,
            hmac_key: SecretSource::Text(String::new()),
            headers: HeaderNames::Documents,
            partner_type: "2".to_owned(),
            order_type: WHOLE_NET.to_owned(),
            held_order_type: "3".to_owned(),
            account_id: "test".to_owned(),
            account_password: SecretSource::Text("ZTO123".to_owned()),
            account_type: 1,
            customer_id: String::new(),
            cancel_type: "1".to_owned(),
            create_path: "zto.open.createOrder".to_owned(),
            query_path: "zto.open.getOrderInfo".to_owned(),
            cancel_path: "zto.open.cancelPreOrder".to_owned(),
            intercept_path: "thirdcenter.createIntercept".to_owned(),
            route_path: "zto.innovate.bagAddrMark".to_owned(),
            balance_path: "zto.open.queryAvailableBalanceNew".to_owned(),
            track_path: "zto.merchant.waybill.track.query".to_owned(),
            subscribe_path: "zto.merchant.waybill.track.subsrcibe".to_owned(),
        }
    }
}

/// The order type of parcels that the outlet collects by agreement, a warehouse's; ZTO cancels none of them.
const WHOLE_NET: &str = "1";

/// The config file as built in.
pub const BUILTIN: &str = include_str!("../../../config/carriers/zto.toml");

/// A config file's text.
pub fn config(text: &str) -> Result<Config<Account>, ConfigError> {
    account::read(CarrierCode::Zto, text, BUILTIN)
}

/// What an account's secret sources hold.
#[derive(Clone, Debug)]
pub struct Secrets {
    pub app: Secret,
    /// Of the electronic-bill account at the outlet.
    pub account_password: Secret,
    /// Empty where the signature needs none.
    pub hmac_key: Secret,
}

/// One account at ZTO.
#[derive(Clone, Debug)]
pub struct Zto {
    account: Account,
    secrets: Secrets,
    codes: CodeTable,
    scans: ScanTable,
}

impl Zto {
    pub fn new(config: Config<Account>, secrets: Secrets) -> Self {
        let Config { mut account, codes, scans } = config;
        // A header with a line end in it is none, and a key with a blank is nobody's.
        account.app_key = Secret::new(&account.app_key).expose().to_owned();
        Self { account, secrets, codes, scans }
    }

    /// From a config file's text; `endpoint` takes the place of its own.
    pub fn open(
        text: &str,
        endpoint: Option<&str>,
        secret: &dyn Fn(&SecretSource) -> Result<Secret, SecretError>,
    ) -> Result<Self, ConfigError> {
        let mut config = config(text)?;
        let account = &mut config.account;
        if let Some(endpoint) = endpoint {
            endpoint.clone_into(&mut account.endpoint);
        }
        let hmac = account.signature == Mode::HmacSha256;
        let secrets = Secrets {
            app: secret(&account.app_secret)?,
            account_password: secret(&account.account_password)?,
            hmac_key: if hmac { secret(&account.hmac_key)? } else { Secret::new("") },
        };
        Ok(Self::new(config, secrets))
    }

    /// ZTO's tracking has been seen on a host of its own, so a path may be a whole address.
    fn url(&self, path: &str) -> String {
        if path.contains("://") {
            return path.to_owned();
        }
        format!("{}/{}", self.account.endpoint.trim_end_matches('/'), path.trim_start_matches('/'))
    }
}

impl Carrier for Zto {
    fn code(&self) -> CarrierCode {
        CarrierCode::Zto
    }

    fn request(&self, operation: &Operation, now: Timestamp) -> Result<HttpRequest, CarrierError> {
        let Account { signature, encoding, app_key, .. } = &self.account;
        // Serialised once: the bytes that are signed are the bytes that are sent.
        let (path, body) = message::of(&self.account, self.secrets.account_password.expose(), operation)?;
        // An application that isn't set up with a timestamp refuses the signature of a request that has one.
        let timestamp = self.account.timestamp.then(|| now.as_millisecond().to_string());
        let digest = sign::digest(
            *signature,
            *encoding,
            timestamp.as_deref(),
            &body,
            self.secrets.app.expose(),
            self.secrets.hmac_key.expose(),
        );
        let (key_name, digest_name) = match self.account.headers {
            HeaderNames::Documents => ("x-appKey", "x-dataDigest"),
            HeaderNames::Sdk => ("x-companyid", "x-datadigest"),
        };
        let mut headers = vec![
            ("content-type".to_owned(), "application/json; charset=utf-8".to_owned()),
            (key_name.to_owned(), app_key.clone()),
            (digest_name.to_owned(), digest),
        ];
        headers.extend(timestamp.map(|timestamp| ("x-timestamp".to_owned(), timestamp)));
        Ok(HttpRequest { method: "POST".to_owned(), url: self.url(path), headers, body })
    }

    fn reply(&self, operation: &Operation, status: u16, body: &[u8]) -> Outcome {
        reply::read(&self.codes, &self.scans, operation, status, body)
    }

    fn pushed(&self, push: &Push<'_>) -> Result<Vec<Scan>, PushError> {
        scan::pushed(&self.scans, push, self.secrets.app.expose())
    }

    /// ZTO publishes no form for it; this is that of its own answers.
    fn push_answer(&self, _push: &Push<'_>, kept: bool) -> PushAnswer {
        let body = if kept {
            r#"{"status":true,"statusCode":"SYS000","message":"success","result":"success"}"#
        } else {
            r#"{"status":false,"statusCode":"S203","message":"not kept, send it again","result":null}"#
        };
        PushAnswer { content_type: "application/json;charset=UTF-8", body: body.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::codes::Class;
    use super::*;

    #[test]
    fn a_wrong_config_is_named() {
        let codes = config(BUILTIN).expect("the built-in file loads").codes;
        assert_eq!(codes.get("S200").map(|code| code.class), Some(Class::Ambiguous));
        for (text, says) in [
            ("[account]\napp_kee = \"x\"", "app_key"),
            ("[account]\nsignature = \"sha1\"", "hmac-sha256"),
            ("[account]\nheaders = \"both\"", "documents"),
            ("[[scan]]\ncodes = [\"GOT\"]\nmeaning = \"got\"", "collected"),
        ] {
            let error = config(text).expect_err(text).to_string();
            assert!(error.contains("zto.toml") && error.contains(says), "{error}");
        }
    }

    #[test]
    fn an_hmac_without_its_key_is_refused_at_start() {
        let secret = |source: &SecretSource| source.read(|_| Ok(String::new()), |_| None);
        assert!(Zto::open(BUILTIN, None, &secret).is_ok(), "other signatures need none");
        let error = Zto::open("[account]\nsignature = \"hmac-sha256\"", None, &secret).expect_err("no key");
        assert!(matches!(error, ConfigError::Secret(SecretError::Empty(_))), "{error}");
    }

    #[test]
    fn a_path_may_be_a_whole_address() {
        let mut config = config(BUILTIN).expect("the built-in file loads");
        config.account.endpoint = "https://host.example/".to_owned();
        let none = Secret::new("");
        let secrets = Secrets { app: none.clone(), account_password: none.clone(), hmac_key: none };
        let zto = Zto::new(config, secrets);
        assert_eq!(zto.url("/zto.open.createOrder"), "https://host.example/zto.open.createOrder");
        assert_eq!(zto.url("https://other.example/track"), "https://other.example/track");
    }
}
