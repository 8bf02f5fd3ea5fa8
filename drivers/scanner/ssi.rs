//! Zebra's Simple Serial Interface: `ssi:///dev/serial/by-id/usb-…?baud=9600`. Packets instead of a suffix, each of them
//! acknowledged, and a scanner that beeps and lights as it is told.
//!
//! A packet is length (without checksum), opcode, source, status, data and a checksum: the sum of all of it is zero in 16
//! bits. After Zebra's integration guides of SE923 and SE955.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use tokio::time::timeout_at;

use super::framing::Reason;
use super::{Door, Feedback, Input, Opening, Source};
use crate::scan::Symbology;
use crate::transport::serial::{self, SerialLink};
use crate::transport::{Link, Pending};
use crate::url::{DeviceUrl, UrlError};

mod op {
    pub const ACK: u8 = 0xd0;
    pub const NAK: u8 = 0xd1;
    pub const BEEP: u8 = 0xe6;
    pub const LED_ON: u8 = 0xe7;
    pub const LED_OFF: u8 = 0xe8;
    pub const DECODE_DATA: u8 = 0xf3;
    pub const EVENT: u8 = 0xf6;
}

const FROM_DECODER: u8 = 0;
const FROM_HOST: u8 = 4;
/// Bits of the status byte.
const RETRANSMITTED: u8 = 1;
const CONTINUED: u8 = 2;
/// NAK's reason: send it again.
const RESEND: u8 = 1;
/// Length, opcode, source, status.
const HEADER: usize = 4;
const CHECKSUM: usize = 2;

/// Beep codes: a short high one, two short low ones, two long low ones.
const BEEP_GOOD: u8 = 0x00;
const BEEP_WARN: u8 = 0x06;
const BEEP_BAD: u8 = 0x10;
/// The scanner's decode light.
const LED: u8 = 0x01;

/// Between two bytes of a packet; a scanner sends them without pause.
const BYTE_PAUSE: Duration = Duration::from_millis(200);
/// Until a command is answered, or the next packet of a long read comes. Longer than a scanner's own time-out of two
/// seconds with its two retransmissions would be no help: by then it has given up.
const ANSWER_PAUSE: Duration = Duration::from_secs(2);

struct Port(DeviceUrl);

struct SsiSource {
    link: SerialLink,
    protocol: Protocol,
    ready: VecDeque<Input>,
}

/// Our side of the conversation. Pure: bytes and the time come in, bytes and reads go out.
#[derive(Default)]
struct Protocol {
    /// A packet that isn't whole yet, and when its last byte came.
    partial: Vec<u8>,
    partial_at: Option<Instant>,
    /// What a long read's packets brought so far, and when the last one came.
    message: Option<(Vec<u8>, u8)>,
    message_at: Option<Instant>,
    /// The last packet of data that was acknowledged, without its retransmission bit.
    acknowledged: Vec<u8>,
    /// A packet that was sent for the first time came damaged: its retransmission is news.
    news_damaged: bool,
    /// What the scanner shall do, one command at a time.
    commands: VecDeque<(u8, Vec<u8>)>,
    /// The command under way, since when, and whether it was repeated.
    asked: Option<(Instant, bool)>,
    outgoing: Vec<u8>,
    lit: bool,
}

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    serial::check(url)
}

pub fn door(url: &DeviceUrl) -> io::Result<Box<dyn Door>> {
    Ok(Box::new(Port(url.clone())))
}

impl Door for Port {
    fn next(&mut self) -> Opening<'_> {
        Box::pin(async {
            let link = SerialLink::open(&self.0)?;
            let source = SsiSource { link, protocol: Protocol::default(), ready: VecDeque::new() };
            Ok(Box::new(source) as Box<dyn Source>)
        })
    }
}

impl SsiSource {
    async fn flush(&mut self) -> io::Result<()> {
        while !self.protocol.outgoing.is_empty() {
            let taken = self.link.write(&self.protocol.outgoing).await?;
            self.protocol.outgoing.drain(..taken);
        }
        Ok(())
    }
}

impl Source for SsiSource {
    fn read(&mut self) -> Pending<'_, io::Result<Input>> {
        Box::pin(async {
            let mut buffer = [0; 1024];
            loop {
                self.flush().await?;
                if let Some(input) = self.ready.pop_front() {
                    return Ok(input);
                }
                let read = self.link.read(&mut buffer);
                let read = match self.protocol.deadline() {
                    Some(deadline) => timeout_at(deadline.into(), read).await.ok(),
                    None => Some(read.await),
                };
                match read.transpose()? {
                    Some(0) => return Ok(Input::Closed),
                    Some(length) => self.ready.extend(self.protocol.push(&buffer[..length], Instant::now())),
                    None => self.ready.extend(self.protocol.tick(Instant::now())),
                }
            }
        })
    }

    fn answer<'a>(&'a mut self, feedback: Feedback, _: &'a str) -> Pending<'a, io::Result<()>> {
        Box::pin(async move {
            self.protocol.tell(feedback, Instant::now());
            self.flush().await
        })
    }
}

impl Protocol {
    fn push(&mut self, bytes: &[u8], now: Instant) -> Vec<Input> {
        let mut heard = Vec::new();
        for &byte in bytes {
            // Zeros between packets wake a sleeping device.
            if self.partial.is_empty() && byte == 0 {
                continue;
            }
            self.partial.push(byte);
            let length = usize::from(self.partial[0]);
            if self.partial.len() == length + CHECKSUM && length >= HEADER && is_sound(&self.partial) {
                let packet = std::mem::take(&mut self.partial);
                heard.extend(self.packet(&packet[..length], now));
            } else if length < HEADER || self.partial.len() == length + CHECKSUM {
                // Where the next packet begins can't be told any more; the scanner sends them again.
                self.damaged();
                break;
            }
        }
        self.partial_at = (!self.partial.is_empty()).then_some(now);
        self.ask(now);
        heard
    }

    /// When `tick` has something to do.
    fn deadline(&self) -> Option<Instant> {
        let partial = self.partial_at.map(|at| at + BYTE_PAUSE);
        let message = self.message_at.map(|at| at + ANSWER_PAUSE);
        let answer = self.asked.map(|(at, _)| at + ANSWER_PAUSE);
        [partial, message, answer].into_iter().flatten().min()
    }

    /// Gives up what has been waited for too long.
    fn tick(&mut self, now: Instant) -> Option<Input> {
        if self.partial_at.is_some_and(|at| at + BYTE_PAUSE <= now) {
            self.damaged();
            self.partial_at = None;
        }
        if self.asked.is_some_and(|(at, _)| at + ANSWER_PAUSE <= now) {
            self.answered();
            self.ask(now);
        }
        if self.message_at.is_some_and(|at| at + ANSWER_PAUSE <= now) {
            return self.give_up();
        }
        None
    }

    /// Whatever was told before and not yet begun is no longer worth telling.
    fn tell(&mut self, feedback: Feedback, now: Instant) {
        self.commands.truncate(usize::from(self.asked.is_some()));
        let beep = match feedback {
            Feedback::Good => BEEP_GOOD,
            Feedback::Warn => BEEP_WARN,
            Feedback::Bad => BEEP_BAD,
        };
        self.commands.push_back((op::BEEP, vec![beep]));
        let light = feedback == Feedback::Bad;
        if light != self.lit {
            self.commands.push_back((if light { op::LED_ON } else { op::LED_OFF }, vec![LED]));
            self.lit = light;
        }
        self.ask(now);
    }

    fn packet(&mut self, packet: &[u8], now: Instant) -> Option<Input> {
        let [_, opcode, source, status, data @ ..] = packet else { return None };
        if *source != FROM_DECODER {
            return None;
        }
        match *opcode {
            op::DECODE_DATA => {
                self.send(op::ACK, &[], 0);
                let repeated = status & RETRANSMITTED != 0 && !self.news_damaged;
                self.news_damaged = false;
                let status = status & !RETRANSMITTED;
                let known = [&[status], data].concat();
                // Our acknowledgement got lost.
                if repeated && known == self.acknowledged {
                    return None;
                }
                self.acknowledged = known;
                self.data(data, status & CONTINUED != 0, now)
            }
            op::ACK => {
                self.answered();
                None
            }
            op::NAK => {
                match (self.asked, data.first()) {
                    (Some((_, false)), Some(&RESEND)) => {
                        self.asked = Some((now, true));
                        let (opcode, data) = self.commands.front().cloned()?;
                        self.send(opcode, &data, RETRANSMITTED);
                    }
                    // It can't or won't; a beep isn't worth more.
                    _ => self.answered(),
                }
                None
            }
            op::EVENT => {
                self.send(op::ACK, &[], 0);
                None
            }
            _ => None,
        }
    }

    fn data(&mut self, data: &[u8], continued: bool, now: Instant) -> Option<Input> {
        let (kind, text) = data.split_first()?;
        let (mut message, kind) = self.message.take().unwrap_or((Vec::new(), *kind));
        message.extend_from_slice(text);
        if continued {
            self.message = Some((message, kind));
            self.message_at = Some(now);
            return None;
        }
        self.message_at = None;
        Some(Input::Read { data: message, symbology: symbology(kind) })
    }

    /// The rest of a long read doesn't come any more.
    fn give_up(&mut self) -> Option<Input> {
        self.message_at = None;
        self.message.take().map(|(data, _)| Input::Refused { reason: Reason::PartLost, data })
    }

    /// What stands in `partial` is no packet: the scanner is asked to send it again.
    fn damaged(&mut self) {
        self.news_damaged |= self.partial.get(3).is_some_and(|status| status & RETRANSMITTED == 0);
        self.partial.clear();
        self.send(op::NAK, &[RESEND], 0);
    }

    fn answered(&mut self) {
        if self.asked.take().is_some() {
            self.commands.pop_front();
        }
    }

    /// Sends the next command, unless one is under way.
    fn ask(&mut self, now: Instant) {
        if self.asked.is_none()
            && let Some((opcode, data)) = self.commands.front().cloned()
        {
            self.asked = Some((now, false));
            self.send(opcode, &data, 0);
        }
    }

    fn send(&mut self, opcode: u8, data: &[u8], status: u8) {
        let length = (HEADER + data.len()) as u8;
        let packet = [&[length, opcode, FROM_HOST, status], data].concat();
        self.outgoing.extend_from_slice(&packet);
        self.outgoing.extend_from_slice(&sum(&packet).wrapping_neg().to_be_bytes());
    }
}

fn is_sound(packet: &[u8]) -> bool {
    let (message, checksum) = packet.split_at(packet.len() - CHECKSUM);
    sum(message).wrapping_add(u16::from_be_bytes([checksum[0], checksum[1]])) == 0
}

fn sum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum: u16, byte| sum.wrapping_add(u16::from(*byte)))
}

/// Zebra's code type, which it sends without being told to; an AIM identifier in the data says more and wins.
fn symbology(kind: u8) -> Option<Symbology> {
    Some(match kind {
        0x01 => Symbology::Code39,
        0x02 => Symbology::Codabar,
        0x03 => Symbology::Code128,
        0x06 => Symbology::Interleaved2Of5,
        0x07 => Symbology::Code93,
        // UPC-A is EAN-13 with a leading zero.
        0x08 | 0x0b => Symbology::Ean13,
        0x0a => Symbology::Ean8,
        0x0f => Symbology::Gs1Code128,
        0x23..=0x25 => Symbology::Gs1DataBar,
        0x48 | 0x4a | 0x4b | 0x88 | 0x8a | 0x8b => Symbology::EanAddOn,
        // The table differs between models beyond these: no word is better than a wrong one.
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A packet as a scanner makes it, from the guides: the checksum is the two's complement of the sum.
    fn packet(opcode: u8, status: u8, data: &[u8]) -> Vec<u8> {
        let mut packet = vec![4 + data.len() as u8, opcode, 0, status];
        packet.extend_from_slice(data);
        let sum: u32 = packet.iter().map(|byte| u32::from(*byte)).sum();
        let checksum = (0x1_0000 - sum) as u16;
        packet.extend([(checksum >> 8) as u8, checksum as u8]);
        packet
    }

    const ACK: [u8; 6] = [0x04, 0xd0, 0x04, 0x00, 0xff, 0x28];
    const NAK: [u8; 7] = [0x05, 0xd1, 0x04, 0x00, 0x01, 0xff, 0x25];

    struct Host(Protocol, Instant);

    impl Host {
        fn new() -> Self {
            Self(Protocol::default(), Instant::now())
        }

        fn hears(&mut self, bytes: &[u8]) -> (Vec<Input>, Vec<u8>) {
            let heard = self.0.push(bytes, self.1);
            (heard, std::mem::take(&mut self.0.outgoing))
        }

        fn waits(&mut self, time: Duration) -> (Option<Input>, Vec<u8>) {
            self.1 += time;
            (self.0.tick(self.1), std::mem::take(&mut self.0.outgoing))
        }
    }

    fn read(text: &str, symbology: Symbology) -> Vec<Input> {
        vec![Input::Read { data: text.as_bytes().to_vec(), symbology: Some(symbology) }]
    }

    #[test]
    fn data_is_acknowledged_and_its_type_told() {
        let mut host = Host::new();
        let scan = packet(0xf3, 0, b"\x036SF1");
        assert_eq!(scan, [0x09, 0xf3, 0, 0, 0x03, b'6', b'S', b'F', b'1', 0xfe, 0x01]);
        assert_eq!(host.hears(&scan), (read("6SF1", Symbology::Code128), ACK.to_vec()));
        assert_eq!(host.hears(&packet(0xf3, 0, b"\x0f0109\x1d10A")).0, read("0109\x1d10A", Symbology::Gs1Code128));
        assert_eq!(host.hears(&packet(0xf6, 0, &[1])), (vec![], ACK.to_vec()), "an event is only acknowledged");
        let unsure = Input::Read { data: b"x".to_vec(), symbology: None };
        assert_eq!(host.hears(&packet(0xf3, 0, b"\xf0x")).0, [unsure]);
    }

    #[test]
    fn a_retransmission_is_no_second_scan() {
        let mut host = Host::new();
        let code = b"\x0b6901234567892";
        assert_eq!(host.hears(&packet(0xf3, 0, code)).0.len(), 1);
        assert_eq!(host.hears(&packet(0xf3, 1, code)), (vec![], ACK.to_vec()), "acknowledged again");
        assert_eq!(host.hears(&packet(0xf3, 1, code)), (vec![], ACK.to_vec()));
        assert_eq!(host.hears(&packet(0xf3, 0, code)).0.len(), 1, "an equal bottle, scanned anew");
        assert_eq!(host.hears(&packet(0xf3, 1, b"\x0b6900000000007")).0.len(), 1, "one that was never heard");
    }

    #[test]
    fn a_wrong_checksum_is_refused_and_the_retransmission_taken() {
        let mut host = Host::new();
        let code = b"\x0b6901234567892";
        assert_eq!(host.hears(&packet(0xf3, 0, code)).0.len(), 1);
        let mut damaged = packet(0xf3, 0, code);
        damaged[9] ^= 0x04;
        assert_eq!(host.hears(&damaged), (vec![], NAK.to_vec()));
        assert_eq!(host.hears(&packet(0xf3, 1, code)).0.len(), 1, "the second bottle, equal to the first");
        let mut damaged = packet(0xf3, 1, code);
        damaged[9] ^= 0x04;
        assert_eq!(host.hears(&damaged), (vec![], NAK.to_vec()));
        assert_eq!(host.hears(&packet(0xf3, 1, code)).0, [], "a damaged retransmission was no news");
    }

    #[test]
    fn half_a_packet_is_asked_for_again() {
        let mut host = Host::new();
        let scan = packet(0xf3, 0, b"\x03SF1234567890123");
        assert_eq!(host.hears(&scan[..9]), (vec![], vec![]));
        assert_eq!(host.waits(BYTE_PAUSE), (None, NAK.to_vec()));
        assert_eq!(host.0.deadline(), None);
        assert_eq!(host.hears(&packet(0xf3, 1, b"\x03SF1234567890123")).0.len(), 1);
        assert_eq!(host.hears(&[0, 0, 0]), (vec![], vec![]), "zeros wake a device");
        assert_eq!(host.hears(&[2]), (vec![], NAK.to_vec()), "no packet is so short");
    }

    #[test]
    fn a_long_code_comes_in_several_packets() {
        let mut host = Host::new();
        let (first, second, last) = (vec![b'a'; 250], vec![b'b'; 250], vec![b'c'; 20]);
        let with_kind = |text: &[u8]| [b"\x03", text].concat();
        assert_eq!(host.hears(&packet(0xf3, 2, &with_kind(&first))), (vec![], ACK.to_vec()));
        assert_eq!(host.hears(&packet(0xf3, 3, &with_kind(&first))), (vec![], ACK.to_vec()), "sent again");
        assert_eq!(host.hears(&packet(0xf3, 2, &with_kind(&second))), (vec![], ACK.to_vec()));
        let whole = String::from_utf8([first, second, last.clone()].concat()).unwrap();
        assert_eq!(host.hears(&packet(0xf3, 0, &with_kind(&last))).0, read(&whole, Symbology::Code128));
    }

    #[test]
    fn a_long_code_without_its_end_is_refused_and_told() {
        let mut host = Host::new();
        host.hears(&packet(0xf3, 2, b"\x03SF12"));
        let refused = Input::Refused { reason: Reason::PartLost, data: b"SF12".to_vec() };
        assert_eq!(host.waits(ANSWER_PAUSE).0, Some(refused));
        assert_eq!(host.hears(&packet(0xf3, 0, b"\x03A1")).0, read("A1", Symbology::Code128), "the next one is whole");
    }

    #[test]
    fn commands_wait_for_each_other() {
        let mut host = Host::new();
        host.0.tell(Feedback::Bad, host.1);
        let beep = host.hears(&[]).1;
        assert_eq!(beep[..5], [5, 0xe6, 4, 0, BEEP_BAD]);
        assert_eq!(host.hears(&packet(0xf3, 0, b"\x03A1")).1, ACK, "a scan in between is acknowledged at once");
        let light = host.hears(&packet(0xd0, 0, &[])).1;
        assert_eq!(light[..5], [5, 0xe7, 4, 0, LED]);
        assert_eq!(host.hears(&packet(0xd1, 0, &[1])).1[..5], [5, 0xe7, 4, 1, LED], "asked again for it");
        assert_eq!(host.hears(&packet(0xd1, 0, &[1])).1, [0; 0], "once");
        host.0.tell(Feedback::Good, host.1);
        assert_eq!(host.hears(&[]).1[..5], [5, 0xe6, 4, 0, BEEP_GOOD]);
        assert_eq!(host.waits(ANSWER_PAUSE).1[..5], [5, 0xe8, 4, 0, LED], "no answer came: on to the next");
        assert_eq!(host.waits(ANSWER_PAUSE).1, [0; 0]);
        assert_eq!(host.0.deadline(), None);
    }

    #[test]
    fn what_was_not_yet_told_gives_way_to_the_newest() {
        let mut host = Host::new();
        for _ in 0..50 {
            host.0.tell(Feedback::Warn, host.1);
        }
        assert!(host.0.commands.len() <= 2, "a scanner that doesn't answer piles nothing up");
        assert_eq!(host.hears(&[]).1.len(), 7, "one command is under way");
    }

    proptest! {
        #[test]
        fn packets_arrive_however_they_are_cut_and_noise_never_panics(
            codes in proptest::collection::vec("[ -~]{1,60}", 1..8),
            cut in 1usize..40,
            noise in proptest::collection::vec(any::<u8>(), 0..80),
        ) {
            let mut host = Host::new();
            let bytes: Vec<u8> =
                codes.iter().flat_map(|code| packet(0xf3, 0, format!("\x03{code}").as_bytes())).collect();
            let heard: Vec<Input> = bytes.chunks(cut).flat_map(|piece| host.hears(piece).0).collect();
            let expected: Vec<Input> = codes.iter().flat_map(|code| read(code, Symbology::Code128)).collect();
            prop_assert_eq!(heard, expected);
            host.hears(&noise);
            host.waits(BYTE_PAUSE);
            host.waits(ANSWER_PAUSE);
            let after = host.hears(&packet(0xf3, 0, b"\x03after"));
            prop_assert_eq!(after.0, read("after", Symbology::Code128));
        }
    }
}
