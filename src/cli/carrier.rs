//! `milepost carrier`: the exact requests and signatures, for people who compare them with a carrier's documentation or
//! debug their own integration. Nothing is sent, and nothing is redacted.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use jiff::Timestamp;
use milepost::carrier::{
    Cargo, Carrier, Operation, Secret, SecretSource, ShipmentRequest, Tracked, account, jd, sf, zto,
};
use milepost::domain::id::WaybillId;
use milepost::domain::order::{CarrierCode, Order, Party};
use serde_json::Value;

use super::read_text;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print the exact signed HTTP request, not sent
    Request(RequestArgs),
    /// Print only the digest of a body
    Sign(SignArgs),
}

#[derive(clap::Args)]
struct RequestArgs {
    carrier: Requestable,
    operation: Asked,
    /// A shipment, or label data with order, sender, parcel and waybill; what asks about a parcel needs its waybill id and
    /// number only, prefetch a `count`, balance nothing
    #[arg(long, value_name = "FILE.json")]
    data: Option<PathBuf>,
    /// The moment of the request, RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// The carrier's account [default: /etc/milepost/carriers/<carrier>.toml, else its published sandbox]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Requestable {
    Sf,
    Zto,
    Jd,
}

#[derive(Clone, Copy, ValueEnum)]
enum Asked {
    Create,
    Query,
    Cancel,
    Update,
    Intercept,
    Route,
    Track,
    Subscribe,
    Prefetch,
    Balance,
}

#[derive(clap::Args)]
struct SignArgs {
    carrier: Signable,
    /// The body (SF: msgData) to sign, byte for byte
    #[arg(long, value_name = "FILE")]
    body: PathBuf,
    /// File with the check word (sf) or application secret (zto, jd); blanks and line ends around it don't count
    #[arg(long, value_name = "FILE")]
    secret_file: PathBuf,
    /// sf: standard_md5, simple_md5, sm3; zto: md5, sha256, hmac-sha256; jd: md5-salt, HMacMD5, HMacSHA1, HMacSHA256, HMacSHA512
    #[arg(long)]
    mode: String,
    /// As it goes into the signature: milliseconds (sf, zto) or `2026-11-22 10:00:00` (jd)
    #[arg(long)]
    timestamp: Option<String>,
    /// ZTO's encoding of the digest
    #[arg(long, default_value = "base64")]
    encoding: Encoding,
    /// ZTO's extra key of its HMAC mode
    #[arg(long, value_name = "FILE")]
    hmac_key_file: Option<PathBuf>,
    /// JD's application key
    #[arg(long)]
    app_key: Option<String>,
    /// File with JD's access token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// JD's API path, e.g. /ecap/v1/orders/create
    #[arg(long)]
    path: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Signable {
    Sf,
    Zto,
    Jd,
}

#[derive(Clone, Copy, ValueEnum)]
enum Encoding {
    Base64,
    Hex,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Request(args) => request(&args),
        Command::Sign(args) => sign(&args),
    }
}

fn request(args: &RequestArgs) -> anyhow::Result<ExitCode> {
    let data = args.data.as_deref().map(read_json).transpose()?.unwrap_or_default();
    let operation = operation(args.operation, data).with_context(|| match &args.data {
        Some(path) => format!("read {}", path.display()),
        None => "without --data".to_owned(),
    })?;
    let code = match args.carrier {
        Requestable::Sf => CarrierCode::Sf,
        Requestable::Zto => CarrierCode::Zto,
        Requestable::Jd => CarrierCode::Jd,
    };
    let carrier = opened(code, args.config.as_deref())?;
    let request = carrier.request(&operation, args.at.unwrap_or_else(Timestamp::now))?;
    print!("{}", request.to_http1());
    Ok(ExitCode::SUCCESS)
}

fn opened(code: CarrierCode, config: Option<&Path>) -> anyhow::Result<Box<dyn Carrier>> {
    let installed = PathBuf::from(format!("/etc/milepost/carriers/{}.toml", code.as_str()));
    let installed = installed.exists().then_some(installed);
    let path = config.or(installed.as_deref());
    let text = path.map(read_text).transpose()?;
    let text = text.as_deref().or(account::builtin(code)).unwrap_or_default();
    let secret =
        |source: &SecretSource| source.read(|path| std::fs::read_to_string(path), |name| std::env::var(name).ok());
    let carrier = account::open(code, text, None, &secret);
    let carrier = match path {
        Some(path) => carrier.with_context(|| format!("read {}", path.display()))?,
        None => carrier?,
    };
    carrier.with_context(|| format!("this version has no client for {}", code.as_str()))
}

fn read_json(path: &Path) -> anyhow::Result<Value> {
    serde_json::from_str(&read_text(path)?).with_context(|| format!("{} is no JSON", path.display()))
}

fn operation(asked: Asked, data: Value) -> anyhow::Result<Operation> {
    let number = data["number"].as_str().or(data["waybill"]["number"].as_str()).map(str::to_owned);
    let needed = |number: Option<String>| number.context("it has no number: give the one the carrier issued");
    Ok(match asked {
        Asked::Create => Operation::Create(Box::new(shipment(data)?)),
        Asked::Query => Operation::Query { waybill_id: waybill_id(&data)? },
        Asked::Cancel => Operation::Cancel { waybill_id: waybill_id(&data)?, number },
        Asked::Update => Operation::Update(Box::new(shipment(data)?)),
        Asked::Intercept => Operation::Intercept { waybill_id: waybill_id(&data)?, number: needed(number)? },
        Asked::Route => Operation::Route(Box::new(shipment(data)?)),
        Asked::Track => Operation::Track(tracked(&data, needed(number)?)?),
        Asked::Subscribe => Operation::Subscribe(tracked(&data, needed(number)?)?),
        Asked::Prefetch => {
            let count = data["count"].as_u64().and_then(|count| u32::try_from(count).ok());
            Operation::Prefetch { count: count.context("it has no count: say how many numbers")? }
        }
        Asked::Balance => Operation::Balance,
    })
}

fn waybill_id(data: &Value) -> anyhow::Result<WaybillId> {
    let id = data["waybill_id"].as_str().or(data["waybill"]["id"].as_str());
    Ok(id.context("it has no waybill_id: give the id the carrier is asked with")?.to_owned().into())
}

/// The end of the receiver's phone, given as `phone_tail` or with the whole shipment.
fn tracked(data: &Value, number: String) -> anyhow::Result<Tracked> {
    let receivers = [&data["receiver"], &data["order"]["receiver"]];
    let phone = receivers.into_iter().find_map(|receiver| receiver["phone"].as_str());
    let tail = phone.and_then(|phone| phone.get(phone.len().saturating_sub(4)..));
    let phone_tail = data["phone_tail"].as_str().or(tail).map(str::to_owned);
    Ok(Tracked { waybill_id: waybill_id(data)?, number, phone_tail })
}

fn shipment(data: Value) -> anyhow::Result<ShipmentRequest> {
    waybill_id(&data)?;
    if data.get("order").is_some() { of_label_data(&data) } else { Ok(serde_json::from_value(data)?) }
}

/// The shipment of a label's data, as `label render` takes it.
fn of_label_data(data: &Value) -> anyhow::Result<ShipmentRequest> {
    let order: Order = serde_json::from_value(data["order"].clone()).context("its order")?;
    let sender: Party = serde_json::from_value(data["sender"].clone()).context("its sender")?;
    let weight_g = data["parcel"]["weight_g"].as_u64().context("its parcel has no weight_g")?;
    let pieces = data["piece"]["count"].as_u64().unwrap_or(1);
    let Some(receiver) = order.receiver else {
        bail!("the receiver is sealed: only the platform's own waybill service can ask for its number");
    };
    Ok(ShipmentRequest {
        waybill_id: data["waybill"]["id"].as_str().unwrap_or_default().into(),
        sender,
        receiver,
        cargo: order.lines.into_iter().map(|line| Cargo { name: line.name, quantity: line.quantity }).collect(),
        weight_g: u32::try_from(weight_g).context("its weight_g is no weight")?,
        pieces: u32::try_from(pieces).context("its piece count is no count")?,
        product: order.service,
        remark: None,
        reference: Some(order.order_no.to_string()),
        number: None,
    })
}

fn sign(args: &SignArgs) -> anyhow::Result<ExitCode> {
    let body = std::fs::read(&args.body).with_context(|| format!("read {}", args.body.display()))?;
    let body = String::from_utf8(body)
        .with_context(|| format!("{} is not UTF-8, which all carriers take", args.body.display()))?;
    let secret = Secret::new(&read_text(&args.secret_file)?);
    let Some(digest) = digest(args, &body, &secret)? else {
        return Ok(ExitCode::from(2));
    };
    println!("{digest}");
    Ok(ExitCode::SUCCESS)
}

/// `None` after saying what is missing on the command line.
fn digest(args: &SignArgs, body: &str, secret: &Secret) -> anyhow::Result<Option<String>> {
    let timestamp = args.timestamp.as_deref();
    Ok(match args.carrier {
        Signable::Sf => {
            let (Some(mode), Some(timestamp)) = (mode(&sf::Mode::ALL, &args.mode), needed("--timestamp", timestamp))
            else {
                return Ok(None);
            };
            Some(sf::sign::digest(mode, body, timestamp, secret.expose()))
        }
        Signable::Zto => {
            let Some(mode) = mode(&zto::Mode::ALL, &args.mode) else {
                return Ok(None);
            };
            let encoding = match args.encoding {
                Encoding::Base64 => zto::Encoding::Base64,
                Encoding::Hex => zto::Encoding::Hex,
            };
            let key = args.hmac_key_file.as_deref().map(read_text).transpose()?;
            if mode == zto::Mode::HmacSha256 && needed("--hmac-key-file", key.as_deref()).is_none() {
                return Ok(None);
            }
            let key = Secret::new(&key.unwrap_or_default());
            Some(zto::digest(mode, encoding, timestamp, body, secret.expose(), key.expose()))
        }
        Signable::Jd => {
            let (Some(mode), Some(timestamp), Some(app_key), Some(path)) = (
                mode(&jd::Mode::ALL, &args.mode),
                needed("--timestamp", timestamp),
                needed("--app-key", args.app_key.as_deref()),
                needed("--path", args.path.as_deref()),
            ) else {
                return Ok(None);
            };
            // Partners without a user have no token and sign with an empty one.
            let token = args.token_file.as_deref().map(read_text).transpose()?.unwrap_or_default();
            let token = Secret::new(&token);
            let signed = jd::Signed { app_key, access_token: token.expose(), path, body, timestamp };
            Some(jd::digest(mode, &signed, secret.expose()))
        }
    })
}

fn mode<T: Copy>(known: &[(&str, T)], given: &str) -> Option<T> {
    let found = known.iter().find(|(name, _)| *name == given).map(|(_, mode)| *mode);
    if found.is_none() {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        eprintln!("milepost: this carrier has no mode `{given}`: use one of {}", names.join(", "));
    }
    found
}

fn needed<'a>(option: &str, given: Option<&'a str>) -> Option<&'a str> {
    if given.is_none() {
        eprintln!("milepost: this carrier's signature needs {option}");
    }
    given
}
