//! An ERP that speaks Qimen: it sends signed messages to a warehouse and hears what the warehouse reports, proving each signature
//! with its own arithmetic. Written from the platform's pages (signature: doc.htm, article 118404; messages: api.htm, apiId 26000,
//! 26002, 26003, 27275), never from a warehouse's code.

mod messages;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::MutexGuard;

use jiff::{SignedDuration, Timestamp};
use md5::{Digest, Md5};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub use messages::{Goods, Receiver, Shipment, cancel, goods, order, returned};

use super::carrier::wire::{Answer, How, Request, Server};

/// What goes wrong at the ERP, until another is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Hears the message and never answers.
    Timeout,
    /// Hears nothing and never answers.
    Lost,
    /// A captive portal's page with status 200.
    Html,
    Status500,
    /// Answers with failure, code and message.
    Failure(String, String),
}

/// Whom it talks to, and the key both sign with.
#[derive(Clone, Debug)]
pub struct Options {
    pub listen: SocketAddr,
    pub app_key: String,
    pub secret: String,
    pub customer: String,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            app_key: "sim-wms".to_owned(),
            secret: "sim-secret".to_owned(),
            customer: "sim-customer".to_owned(),
        }
    }
}

/// A report whose signature was right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Without `taobao.qimen.`.
    pub method: String,
    pub customer: String,
    pub body: String,
}

impl Heard {
    /// What stands in an element, wherever it is first.
    pub fn get(&self, name: &str) -> &str {
        inside(&self.body, name).unwrap_or_default()
    }

    /// Whose order it is.
    pub fn order_no(&self) -> &str {
        let own = inside(&self.body, "returnOrderCode").or(inside(&self.body, "deliveryOrderCode"));
        own.or(inside(&self.body, "orderCode")).unwrap_or_default()
    }
}

#[derive(Debug)]
struct Book {
    options: Options,
    fault: Option<Fault>,
    heard: Vec<Heard>,
    badly_signed: usize,
}

/// Runs in the background; dropping it closes every connection.
pub struct ErpSim {
    server: Server<Book>,
    options: Options,
}

/// What the warehouse answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub flag: String,
    pub code: String,
    pub message: String,
    pub body: String,
}

/// What the ERP does otherwise than it should when it sends.
#[derive(Clone, Debug, Default)]
pub struct Slip {
    /// In place of the parameter's right value; signed with it.
    pub parameter: Option<(&'static str, String)>,
    /// Signed with this in place of the secret.
    pub secret: Option<String>,
    /// Added to the body after signing.
    pub tail: &'static str,
    /// Its clock is ahead by this.
    pub ahead_s: i64,
}

pub async fn start(options: Options) -> io::Result<ErpSim> {
    let book = Book { options: options.clone(), fault: None, heard: Vec::new(), badly_signed: 0 };
    Ok(ErpSim { server: Server::start(options.listen, book, answer).await?, options })
}

impl ErpSim {
    /// Where the warehouse reports to.
    pub fn url(&self) -> String {
        format!("http://{}/router/qimen/service", self.server.addr)
    }

    /// Everything heard so far, in order.
    pub fn heard(&self) -> Vec<Heard> {
        self.book().heard.clone()
    }

    /// Reports whose signature was wrong.
    pub fn badly_signed(&self) -> usize {
        self.book().badly_signed
    }

    pub fn set_fault(&self, fault: Option<Fault>) {
        self.book().fault = fault;
    }

    /// Sends a message as it should be.
    pub async fn send(&self, warehouse: SocketAddr, method: &str, body: &str) -> io::Result<Reply> {
        self.send_with(warehouse, method, body, &Slip::default()).await
    }

    pub async fn send_with(&self, warehouse: SocketAddr, method: &str, body: &str, slip: &Slip) -> io::Result<Reply> {
        let at = machine_now().saturating_add(SignedDuration::from_secs(slip.ahead_s)).map_err(io::Error::other)?;
        let at = at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let mut parameters = vec![
            ("method", method.to_owned()),
            ("timestamp", at),
            ("format", "xml".to_owned()),
            ("app_key", self.options.app_key.clone()),
            ("v", "2.0".to_owned()),
            ("sign_method", "md5".to_owned()),
            ("customerId", self.options.customer.clone()),
        ];
        if let Some((name, value)) = &slip.parameter {
            parameters.retain(|(known, _)| known != name);
            parameters.push((name, value.clone()));
        }
        let pairs = parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let secret = slip.secret.as_ref().unwrap_or(&self.options.secret);
        parameters.push(("sign", signature(secret, pairs, body)));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
        post(warehouse, &query, &format!("{body}{}", slip.tail)).await
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.server.state()
    }
}

fn machine_now() -> Timestamp {
    Timestamp::from_microsecond(crate::machine::wall_us()).unwrap_or_default()
}

/// Upper-case MD5 of secret, each parameter's name and value by name, body, secret.
fn signature(secret: &str, mut pairs: Vec<(String, String)>, body: &str) -> String {
    pairs.sort();
    let joined: String = pairs.iter().map(|(name, value)| format!("{name}{value}")).collect();
    let text = format!("{secret}{joined}{body}{secret}");
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02X}")).collect()
}

async fn post(warehouse: SocketAddr, query: &str, body: &str) -> io::Result<Reply> {
    let mut stream = TcpStream::connect(warehouse).await?;
    let head = format!(
        "POST /qimen?{query} HTTP/1.1\r\nhost: {warehouse}\r\ncontent-type: text/xml;charset=utf-8\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    // A body that is refused unread may meet a closed connection; the answer is there all the same.
    let sent = stream.write_all(body.as_bytes()).await;
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes).await;
    if bytes.is_empty() {
        sent?;
        read?;
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let body = text.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned());
    let get = |name: &str| plain(inside(&body, name).unwrap_or_default());
    Ok(Reply { flag: get("flag"), code: get("code"), message: get("message"), body: body.clone() })
}

/// What stands between an element's tags.
fn inside<'b>(body: &'b str, name: &str) -> Option<&'b str> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(inside, _)| inside)
}

/// The ampersand last, so that nothing is read twice.
fn plain(text: &str) -> String {
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    signs.iter().fold(text.to_owned(), |text, (written, sign)| text.replace(written, sign))
}

fn answer(book: &mut Book, request: Request) -> Answer {
    let mut answer = Answer { content_type: "text/xml;charset=utf-8", ..Answer::json(String::new()) };
    match &book.fault {
        Some(Fault::Lost) => {
            answer.how = How::Silence;
            return answer;
        }
        Some(Fault::Html) => {
            answer.content_type = "text/html";
            answer.body = "<!DOCTYPE html><html><body>Please sign in to the network</body></html>".to_owned();
            return answer;
        }
        Some(Fault::Status500) => {
            answer.status = 500;
            return answer;
        }
        Some(Fault::Timeout) => answer.how = How::Silence,
        Some(Fault::Failure(..)) | None => {}
    }
    let (flag, code, message) = match heard(book, &request) {
        None => {
            book.badly_signed += 1;
            ("failure", "sign-check-failure", "Illegal request")
        }
        Some(heard) => {
            book.heard.push(heard);
            match &book.fault {
                Some(Fault::Failure(code, message)) => ("failure", code.as_str(), message.as_str()),
                _ => ("success", "0", ""),
            }
        }
    };
    answer.body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><response><flag>{flag}</flag><code>{code}</code><message>{message}</message></response>"
    );
    answer
}

/// The report, if it is signed with our secret for one of our customers.
fn heard(book: &Book, request: &Request) -> Option<Heard> {
    let mut parameters: BTreeMap<String, String> =
        form_urlencoded::parse(request.query.as_bytes()).into_owned().collect();
    let sign = parameters.remove("sign")?;
    let body = String::from_utf8(request.body.clone()).ok()?;
    let pairs = parameters.clone().into_iter().collect();
    let is_ours = parameters.get("app_key") == Some(&book.options.app_key)
        && parameters.get("customerId") == Some(&book.options.customer)
        && signature(&book.options.secret, pairs, &body) == sign;
    let method = parameters.get("method")?.strip_prefix("taobao.qimen.")?.to_owned();
    is_ours.then(|| Heard { method, customer: book.options.customer.clone(), body })
}
