//! Label printers on a network: who listens on port 9100, and what it is. Only questions that no printer prints are
//! asked, and none of a machine that speaks IPP: an office printer would print a label's question as a page.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::plain;

/// What print servers and label printers listen on, and what office printers listen on beside it.
pub const RAW_PORT: u16 = 9100;
const IPP_PORT: u16 = 631;
/// Hosts that are tried at once: a switch of a warehouse takes this for a page being opened.
const AT_ONCE: usize = 64;
/// On the same network an answer comes within a few milliseconds; over a busy wireless bridge within this.
const CONNECT: Duration = Duration::from_millis(700);
const ANSWER: Duration = Duration::from_millis(500);
/// Larger networks are searched piece by piece: a /16 would take ten minutes and alarm somebody.
const SMALLEST_PREFIX: u8 = 20;

/// `10.0.0.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: u32,
    prefix: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    #[error("{0:?} is no network: write it like 10.0.0.0/24")]
    Shape(String),
    #[error("a /{0} is too large to be searched: at most a /20 at a time")]
    TooLarge(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Zpl,
    Tspl,
    EscPos,
    /// It speaks IPP as well and wasn't asked.
    Ipp,
    /// It takes connections and answers none of the questions.
    Silent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPrinter {
    pub address: SocketAddr,
    pub kind: Kind,
    /// What it calls itself, where it says so.
    pub model: Option<String>,
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let shape = || NetworkError::Shape(text.to_owned());
        let (address, prefix) = text.split_once('/').unwrap_or((text, "32"));
        let address: Ipv4Addr = address.parse().map_err(|_| shape())?;
        let prefix: u8 = prefix.parse().ok().filter(|prefix| *prefix <= 32).ok_or_else(shape)?;
        if prefix < SMALLEST_PREFIX {
            return Err(NetworkError::TooLarge(prefix));
        }
        let mask = u32::MAX << (32 - prefix);
        Ok(Network { first: u32::from(address) & mask, prefix })
    }
}

impl Network {
    /// Without the network's own address and the one that means everybody.
    pub fn hosts(&self) -> impl Iterator<Item = Ipv4Addr> + use<> {
        let count = 1u32 << (32 - u32::from(self.prefix));
        let ends = u32::from(count > 2);
        let first = self.first;
        (ends..count - ends).map(move |host| Ipv4Addr::from(first + host))
    }
}

/// Everybody of the network who listens, by address.
pub async fn search(network: Network, port: u16) -> Vec<NetworkPrinter> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut searches = JoinSet::new();
    for host in network.hosts() {
        let places = places.clone();
        searches.spawn(async move {
            let _place = places.acquire().await.ok()?;
            look_at(SocketAddr::new(IpAddr::V4(host), port), IPP_PORT).await
        });
    }
    let mut found = Vec::new();
    while let Some(done) = searches.join_next().await {
        found.extend(done.ok().flatten());
    }
    found.sort_by_key(|printer: &NetworkPrinter| printer.address);
    found
}

/// `None` where nobody listens.
pub async fn look_at(address: SocketAddr, ipp_port: u16) -> Option<NetworkPrinter> {
    let mut stream = timeout(CONNECT, TcpStream::connect(address)).await.ok()?.ok()?;
    let ipp = SocketAddr::new(address.ip(), ipp_port);
    if matches!(timeout(CONNECT, TcpStream::connect(ipp)).await, Ok(Ok(_))) {
        return Some(NetworkPrinter { address, kind: Kind::Ipp, model: None });
    }
    // A printer that hangs up on a question says nothing.
    let (kind, model) = ask(&mut stream).await.unwrap_or((Kind::Silent, None));
    Some(NetworkPrinter { address, kind, model })
}

/// From the question that is harmless to all of them to the one that only its own kind would understand. A receipt
/// printer that is silent has three letters in its line at the end, and is told to forget them.
async fn ask(stream: &mut TcpStream) -> io::Result<(Kind, Option<String>)> {
    stream.set_nodelay(true)?;
    // ESC/POS, DLE EOT 1: one byte of the form 0xx1xx10. Nothing else answers it.
    if let [status] = question(stream, &[0x10, 0x04, 0x01]).await?[..]
        && status & 0x93 == 0x12
    {
        return Ok((Kind::EscPos, None));
    }
    // TSPL, ESC ! ?: one byte. ESC/POS takes it for the choice of a typeface and prints nothing.
    if question(stream, &[0x1b, b'!', b'?']).await?.len() == 1 {
        let model = name(&question(stream, b"~!T\r\n").await?);
        return Ok((Kind::Tspl, model));
    }
    // ZPL's host identification needs no line end, and without one nobody prints it.
    let identity = question(stream, b"~HI").await?;
    if !identity.is_empty() {
        let model = name(&identity).and_then(|text| text.split(',').next().map(str::to_owned));
        return Ok((Kind::Zpl, model));
    }
    stream.write_all(&[0x1b, b'@']).await?;
    Ok((Kind::Silent, None))
}

/// What comes back within the time an answer takes; it ends with a pause, for no two of them end alike.
async fn question(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<Vec<u8>> {
    const PAUSE: Duration = Duration::from_millis(60);
    stream.write_all(bytes).await?;
    let (mut answer, mut buffer, mut wait) = (Vec::new(), [0; 256], ANSWER);
    while answer.len() < 1_024 {
        match timeout(wait, stream.read(&mut buffer)).await {
            Ok(Ok(length @ 1..)) => answer.extend_from_slice(&buffer[..length]),
            Ok(Ok(_)) => break,
            Ok(Err(error)) => return Err(error),
            Err(_) => break,
        }
        wait = PAUSE;
    }
    Ok(answer)
}

fn name(answer: &[u8]) -> Option<String> {
    let text: String = answer.iter().map(|byte| char::from(*byte)).filter(char::is_ascii).collect();
    let text = plain(&text).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    fn hosts(text: &str) -> Vec<String> {
        text.parse::<Network>().unwrap().hosts().map(|host| host.to_string()).collect()
    }

    #[test]
    fn a_networks_hosts_are_all_between_its_ends() {
        let all = hosts("10.0.0.77/24");
        assert_eq!((all.len(), all[0].as_str(), all[253].as_str()), (254, "10.0.0.1", "10.0.0.254"));
        assert_eq!(hosts("10.0.0.4/30"), ["10.0.0.5", "10.0.0.6"]);
        assert_eq!(hosts("10.0.0.4/31"), ["10.0.0.4", "10.0.0.5"]);
        assert_eq!(hosts("192.168.1.9"), ["192.168.1.9"]);
        assert_eq!(hosts("10.0.16.0/20").len(), 4_094);
        for text in ["10.0.0/24", "10.0.0.0/33", "fd00::/64", "printers", "10.0.0.0/"] {
            assert_eq!(text.parse::<Network>(), Err(NetworkError::Shape(text.into())));
        }
        assert_eq!("10.0.0.0/16".parse::<Network>(), Err(NetworkError::TooLarge(16)));
    }

    /// A printer that answers these questions and keeps all it hears.
    async fn printer(
        answers: &'static [(&'static [u8], &'static [u8])],
    ) -> (SocketAddr, tokio::task::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let hearing = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut heard, mut buffer) = (Vec::new(), [0; 64]);
            while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                heard.extend_from_slice(&buffer[..length]);
                let answer = answers.iter().find(|(question, _)| heard.ends_with(question));
                if let Some((_, answer)) = answer {
                    stream.write_all(answer).await.unwrap();
                }
            }
            heard
        });
        (address, hearing)
    }

    /// A port of this machine where nobody listens.
    async fn nobody() -> u16 {
        TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
    }

    #[tokio::test]
    async fn each_kind_is_told_by_its_own_answer() {
        let zpl: &[(&[u8], &[u8])] = &[(b"~HI", b"\x02ZD611-203dpi,V84.20.18Z,8,8176KB\x03\r\n")];
        let tspl: &[(&[u8], &[u8])] = &[(b"\x1b!?", b"\x00"), (b"~!T\r\n", b"TTP-244\r")];
        let escpos: &[(&[u8], &[u8])] = &[(b"\x10\x04\x01", b"\x12")];
        for (answers, kind, model) in [
            (zpl, Kind::Zpl, Some("ZD611-203dpi")),
            (tspl, Kind::Tspl, Some("TTP-244")),
            (escpos, Kind::EscPos, None),
            (&[], Kind::Silent, None),
        ] {
            let (address, hearing) = printer(answers).await;
            let found = look_at(address, nobody().await).await.unwrap();
            assert_eq!((found.kind, found.model.as_deref()), (kind, model));
            let heard = hearing.await.unwrap();
            // A line end is what makes a printer print a line.
            assert!(!heard.contains(&b'\n') || kind == Kind::Tspl, "{heard:?}");
            assert_eq!(heard.ends_with(b"\x1b@"), kind == Kind::Silent, "what it has in its line is forgotten");
        }
    }

    #[tokio::test]
    async fn an_office_printer_is_not_asked_and_nobody_is_nobody() {
        let ipp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, hearing) = printer(&[(b"~HI", b"no")]).await;
        let found = look_at(address, ipp.local_addr().unwrap().port()).await.unwrap();
        assert_eq!(found.kind, Kind::Ipp);
        assert_eq!(hearing.await.unwrap(), b"");
        assert_eq!(look_at(SocketAddr::from(([127, 0, 0, 1], nobody().await)), 1).await, None);
    }
}
