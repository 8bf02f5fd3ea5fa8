//! Printers that announce themselves: one question for `_pdl-datastream._tcp`, whose answers come straight back (RFC 6762,
//! 6.7), and only as much of DNS as that takes.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use super::plain;

/// Where everybody listens who announces a service.
pub const EVERYBODY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(224, 0, 0, 251)), 5353);
/// Printers that take plain bytes on a port.
const SERVICE: &str = "_pdl-datastream._tcp.local";

const A: u16 = 1;
const PTR: u16 = 12;
const TXT: u16 = 16;
const SRV: u16 = 33;
const INTERNET: u16 = 1;
/// A name's pieces that point elsewhere in the message; more than these lead in a circle.
const MOST_JUMPS: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announced {
    /// What its owner called it.
    pub name: String,
    pub addresses: Vec<Ipv4Addr>,
    pub port: u16,
    /// The model by its announcement (`ty`), where there is one.
    pub model: Option<String>,
}

/// Asks `whom` and listens for as long.
pub async fn ask(whom: SocketAddr, limit: Duration) -> io::Result<Vec<Announced>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
    socket.send_to(&query(), whom).await?;
    let (until, mut buffer, mut found) = (Instant::now() + limit, vec![0; 9_000], BTreeMap::new());
    while let Ok(received) = timeout_at(until, socket.recv_from(&mut buffer)).await {
        let (length, from) = received?;
        for mut announced in answers(&buffer[..length]) {
            // Whoever leaves its address out is where the answer came from.
            if let (true, SocketAddr::V4(from)) = (announced.addresses.is_empty(), from) {
                announced.addresses.push(*from.ip());
            }
            found.insert(announced.name.clone(), announced);
        }
    }
    Ok(found.into_values().collect())
}

/// One question, to be answered to the port it came from.
pub fn query() -> Vec<u8> {
    let mut message = vec![0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in SERVICE.split('.') {
        message.push(label.len() as u8);
        message.extend_from_slice(label.as_bytes());
    }
    message.push(0);
    message.extend_from_slice(&PTR.to_be_bytes());
    // The highest bit asks for an answer to us alone.
    message.extend_from_slice(&(INTERNET | 0x8000).to_be_bytes());
    message
}

/// What an answer announces; nothing where it is no answer or broken.
pub fn answers(message: &[u8]) -> Vec<Announced> {
    records(message).map(|records| gathered(&records)).unwrap_or_default()
}

struct Record {
    name: String,
    kind: u16,
    data: Data,
}

enum Data {
    Name(String),
    Service { port: u16, host: String },
    Address(Ipv4Addr),
    Texts(Vec<String>),
    Other,
}

fn gathered(records: &[Record]) -> Vec<Announced> {
    let named = |name: &str, kind: u16| {
        let name = name.to_owned();
        records.iter().filter(move |record| record.kind == kind && record.name.eq_ignore_ascii_case(&name))
    };
    let instances = named(SERVICE, PTR).filter_map(|record| match &record.data {
        Data::Name(instance) => Some(instance),
        _ => None,
    });
    let one = |instance: &String| {
        let service = named(instance, SRV).find_map(|record| match &record.data {
            Data::Service { port, host } => Some((*port, host.clone())),
            _ => None,
        });
        let (port, host) = service.unwrap_or((super::network::RAW_PORT, String::new()));
        let addresses = named(&host, A).filter_map(|record| match record.data {
            Data::Address(address) => Some(address),
            _ => None,
        });
        let model = named(instance, TXT).find_map(|record| match &record.data {
            Data::Texts(texts) => texts.iter().find_map(|text| text.strip_prefix("ty=")).map(str::to_owned),
            _ => None,
        });
        let ending = format!(".{SERVICE}");
        let name = instance.get(..instance.len().saturating_sub(ending.len())).unwrap_or(instance).to_owned();
        Announced { name, addresses: addresses.collect(), port, model }
    };
    instances.map(one).collect()
}

fn records(message: &[u8]) -> Option<Vec<Record>> {
    let count = |at: usize| message.get(at..at + 2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
    // The highest bit of the flags marks an answer.
    if count(2)? & 0x8000 == 0 {
        return None;
    }
    let questions = count(4)?;
    let total = usize::from(count(6)?) + usize::from(count(8)?) + usize::from(count(10)?);
    let mut at = 12;
    for _ in 0..questions {
        at = name_at(message, at)?.1 + 4;
    }
    let mut records = Vec::new();
    for _ in 0..total {
        let (name, after) = name_at(message, at)?;
        let kind = count(after)?;
        let length = usize::from(count(after + 8)?);
        let start = after + 10;
        let data = message.get(start..start + length)?;
        records.push(Record { name, kind, data: data_of(message, kind, start, data)? });
        at = start + length;
    }
    Some(records)
}

fn data_of(message: &[u8], kind: u16, start: usize, data: &[u8]) -> Option<Data> {
    Some(match kind {
        PTR => Data::Name(name_at(message, start)?.0),
        SRV => {
            let port = data.get(4..6)?;
            Data::Service { port: u16::from_be_bytes([port[0], port[1]]), host: name_at(message, start + 6)?.0 }
        }
        A => Data::Address(<[u8; 4]>::try_from(data).ok()?.into()),
        TXT => {
            let (mut texts, mut rest) = (Vec::new(), data);
            while let Some((length, after)) = rest.split_first() {
                let text = after.get(..usize::from(*length))?;
                texts.push(plain(&String::from_utf8_lossy(text)));
                rest = &after[text.len()..];
            }
            Data::Texts(texts)
        }
        _ => Data::Other,
    })
}

/// The name that begins at a place, and the place behind it.
fn name_at(message: &[u8], start: usize) -> Option<(String, usize)> {
    let (mut labels, mut at, mut end, mut jumps) = (Vec::new(), start, None, 0);
    loop {
        let length = *message.get(at)?;
        match length & 0xc0 {
            0 if length == 0 => return Some((labels.join("."), end.unwrap_or(at + 1))),
            0 => {
                let label = message.get(at + 1..at + 1 + usize::from(length))?;
                labels.push(plain(&String::from_utf8_lossy(label)));
                at += 1 + usize::from(length);
            }
            0xc0 => {
                end.get_or_insert(at + 2);
                at = usize::from(length & 0x3f) << 8 | usize::from(*message.get(at + 1)?);
                jumps += 1;
                if jumps > MOST_JUMPS {
                    return None;
                }
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(labels: &[&str]) -> Vec<u8> {
        let label = |label: &&str| [&[label.len() as u8], label.as_bytes()].concat();
        labels.iter().flat_map(label).collect()
    }

    fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
        let mut record = owner.to_vec();
        record.extend(kind.to_be_bytes());
        record.extend([0x80, 1, 0, 0, 0, 120]);
        record.extend((data.len() as u16).to_be_bytes());
        record.extend_from_slice(data);
        record
    }

    /// As a printer's responder writes it: each name once, then pointers.
    fn answer() -> Vec<u8> {
        let mut message = vec![0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 3];
        let service = [name(&["_pdl-datastream", "_tcp", "local"]), vec![0]].concat();
        // The header has 12 bytes; `local` stands 21 bytes into the name, the instance 10 behind the name's end.
        let (service_at, local_at) = ([0xc0, 12], [0xc0, 12 + 21]);
        let instance_at = [0xc0, 12 + service.len() as u8 + 10];
        let instance = [name(&["Desk 1"]), service_at.to_vec()].concat();
        message.extend(record(&service, PTR, &instance));
        let host = [name(&["zd611"]), local_at.to_vec()].concat();
        message.extend(record(&instance_at, SRV, &[&[0, 0, 0, 0, 0x23, 0x8c], &host[..]].concat()));
        message.extend(record(&instance_at, TXT, b"\x09txtvers=1\x0aty=ZD611 Z"));
        message.extend(record(&host, A, &[10, 0, 0, 7]));
        message
    }

    fn announced() -> Announced {
        Announced {
            name: "Desk 1".into(),
            addresses: vec![[10, 0, 0, 7].into()],
            port: 9100,
            model: Some("ZD611 Z".into()),
        }
    }

    #[test]
    fn an_answer_with_pointers_is_read() {
        assert_eq!(answers(&answer()), [announced()]);
        assert_eq!(answers(&query()), [], "a question announces nothing");
    }

    #[test]
    fn what_a_name_holds_is_no_command_of_a_terminal_and_ends_no_line() {
        let owner = [name(&["_pdl-datastream", "_tcp", "local"]), vec![0]].concat();
        let instance = [name(&["\x1b[2JDesk\" 1\r\n\u{202e}"]), owner.clone()].concat();
        let head = vec![0, 0, 0x84, 0, 0, 0, 0, 2, 0, 0, 0, 0];
        let texts = record(&instance, TXT, b"\x09ty=\x07ZD\"61");
        let announced = answers(&[head, record(&owner, PTR, &instance), texts].concat());
        assert_eq!((&*announced[0].name, announced[0].model.as_deref()), ("[2JDesk 1", Some("ZD61")));
    }

    #[test]
    fn names_that_lead_in_a_circle_end() {
        assert_eq!(name_at(&[0xc0, 0x00], 0), None);
        assert_eq!(name_at(&[1, b'a', 0xc0, 0x00], 0), None);
    }

    #[tokio::test]
    async fn who_answers_is_found_and_silence_ends() {
        let responder = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let whom = responder.local_addr().unwrap();
        let answering = tokio::spawn(async move {
            let mut question = [0; 512];
            let (length, from) = responder.recv_from(&mut question).await.unwrap();
            responder.send_to(&[0xff; 3], from).await.unwrap();
            responder.send_to(&answer(), from).await.unwrap();
            question[..length].to_vec()
        });
        let found = ask(whom, Duration::from_millis(400)).await.unwrap();
        assert_eq!(found, [announced()]);
        let question = answering.await.unwrap();
        let length = question.len();
        assert_eq!(question[length - 4..], [0, 12, 0x80, 1], "PTR, to be answered to us");
        assert!(question.windows(15).any(|bytes| bytes == b"_pdl-datastream"));
    }

    proptest! {
        #[test]
        fn no_message_is_too_broken(mut message: Vec<u8>, cut in 0usize..200) {
            answers(&message);
            let whole = answer();
            answers(&whole[..cut.min(whole.len())]);
            message.splice(0..0, [0, 0, 0x84, 0, 0, 1, 0, 5, 0, 0, 0, 3]);
            answers(&message);
        }
    }
}
