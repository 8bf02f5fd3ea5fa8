//! `milepost carrier`: the exact requests and signatures, for people who compare them with a carrier's documentation or
//! debug their own integration; nothing of them is redacted. And what codes mean, and how a station's carriers do.

#[cfg(feature = "station")]
mod call;
mod explain;
#[cfg(feature = "station")]
mod health;
#[cfg(feature = "hub")]
mod pool;
mod sign;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use jiff::Timestamp;
use milepost::carrier::{Cargo, Carrier, Operation, SecretSource, ShipmentRequest, Tracked, account};
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
    #[cfg(feature = "station")]
    /// Send it, after a question, and print what the answer means
    Call(call::Args),
    /// Print only the digest of a body
    Sign(sign::Args),
    /// What a carrier's error code or scan code means, and who does what about it
    Explain(explain::Args),
    /// The numbers that a running station or a hub holds for outages, and bringing a carrier's to a hub
    #[cfg(any(feature = "station", feature = "hub"))]
    Pool(PoolArgs),
    #[cfg(feature = "station")]
    /// Which carriers a running station gave up for the moment, and what waits for them
    Breaker(health::Args),
}

#[cfg(any(feature = "station", feature = "hub"))]
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
struct PoolArgs {
    #[cfg(feature = "hub")]
    #[command(subcommand)]
    act: Option<pool::Act>,
    #[cfg(feature = "station")]
    #[command(flatten)]
    station: health::Args,
    /// Show a hub's, e.g. http://127.0.0.1:7080, in place of the station's
    #[cfg(feature = "hub")]
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Print it as JSON
    #[cfg(not(feature = "station"))]
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct OperationArgs {
    carrier: Account,
    operation: Asked,
    /// A shipment, or label data with order, sender, parcel and waybill; what asks about a parcel needs its waybill id and
    /// number only, prefetch a `count`, balance nothing
    #[arg(long, value_name = "FILE.json")]
    data: Option<PathBuf>,
    /// The carrier's account [default: /etc/milepost/carriers/<carrier>.toml, else its published sandbox]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(clap::Args)]
struct RequestArgs {
    #[command(flatten)]
    of: OperationArgs,
    /// The moment of the request, RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Account {
    Sf,
    Zto,
    Jd,
}

impl Account {
    fn code(self) -> CarrierCode {
        match self {
            Account::Sf => CarrierCode::Sf,
            Account::Zto => CarrierCode::Zto,
            Account::Jd => CarrierCode::Jd,
        }
    }
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

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Request(args) => request(&args),
        #[cfg(feature = "station")]
        Command::Call(args) => call::run(&args),
        Command::Sign(args) => sign::run(&args),
        Command::Explain(args) => explain::run(&args),
        #[cfg(any(feature = "station", feature = "hub"))]
        Command::Pool(args) => pool(&args),
        #[cfg(feature = "station")]
        Command::Breaker(args) => health::breaker(&args),
    }
}

#[cfg(any(feature = "station", feature = "hub"))]
fn pool(args: &PoolArgs) -> anyhow::Result<ExitCode> {
    #[cfg(feature = "hub")]
    {
        #[cfg(feature = "station")]
        let json = args.station.json;
        #[cfg(not(feature = "station"))]
        let json = args.json;
        match (&args.act, &args.to) {
            (Some(pool::Act::Import(args)), _) => return pool::import(args),
            (None, Some(url)) => return pool::of_hub(url, json),
            (None, None) => {}
        }
    }
    #[cfg(feature = "station")]
    return health::pool(&args.station);
    #[cfg(not(feature = "station"))]
    bail!("say whose: --to URL");
}

fn request(args: &RequestArgs) -> anyhow::Result<ExitCode> {
    let (carrier, operation) = args.of.opened()?;
    let request = carrier.request(&operation, args.at.unwrap_or_else(Timestamp::now))?;
    print!("{}", request.to_http1());
    Ok(ExitCode::SUCCESS)
}

impl OperationArgs {
    fn opened(&self) -> anyhow::Result<(Box<dyn Carrier>, Operation)> {
        let data = self.data.as_deref().map(read_json).transpose()?.unwrap_or_default();
        let operation = operation(self.operation, data).with_context(|| match &self.data {
            Some(path) => format!("read {}", path.display()),
            None => "without --data".to_owned(),
        })?;
        Ok((opened(self.carrier.code(), self.config.as_deref())?, operation))
    }
}

/// The text of a carrier's config file, and where it stands.
fn config_text(code: CarrierCode, config: Option<&Path>) -> anyhow::Result<(String, Option<PathBuf>)> {
    let installed = PathBuf::from(format!("/etc/milepost/carriers/{}.toml", code.as_str()));
    let installed = installed.exists().then_some(installed);
    let path = config.map(Path::to_owned).or(installed);
    let text = path.as_deref().map(read_text).transpose()?;
    Ok((text.unwrap_or_else(|| account::builtin(code).unwrap_or_default().to_owned()), path))
}

fn opened(code: CarrierCode, config: Option<&Path>) -> anyhow::Result<Box<dyn Carrier>> {
    let (text, path) = config_text(code, config)?;
    let secret =
        |source: &SecretSource| source.read(|path| std::fs::read_to_string(path), |name| std::env::var(name).ok());
    let carrier = account::open(code, &text, None, &secret);
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
