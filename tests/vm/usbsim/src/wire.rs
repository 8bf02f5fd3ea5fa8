//! The messages of USB/IP once a device is attached: a header of 48 bytes, big-endian, and the data that goes with it.
//! Of the control transfer's set-up packet alone the bytes stay as USB has them.

use std::io::{self, Read};

pub const HEADER: usize = 48;

const CMD_SUBMIT: u32 = 1;
const CMD_UNLINK: u32 = 2;
const RET_SUBMIT: u32 = 3;
const RET_UNLINK: u32 = 4;

/// More than any transfer of the drivers we meet; a wild length must not become an allocation.
const MOST: u32 = 16 << 20;

/// What the kernel sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    Submit(Submit),
    /// Take a transfer back.
    Unlink {
        seq: u32,
        victim: u32,
    },
}

/// One transfer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submit {
    pub seq: u32,
    pub devid: u32,
    /// From the device to the host?
    pub input: bool,
    /// Without its direction bit.
    pub endpoint: u8,
    pub flags: u32,
    /// How much the host sends, or has room for.
    pub length: u32,
    pub interval: u32,
    pub setup: [u8; 8],
    /// Empty for input.
    pub data: Vec<u8>,
}

/// What a device answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `status` is 0 or a negative errno; `actual` is what was moved; `data` is empty for output.
    Done { seq: u32, status: i32, actual: u32, data: Vec<u8> },
    /// `status` is -ECONNRESET when the transfer was still pending, else 0.
    Unlinked { seq: u32, status: i32 },
}

impl Request {
    /// `None` where the stream ends between two messages.
    pub fn read(from: &mut impl Read) -> io::Result<Option<Request>> {
        let Some(header) = read_header(from)? else { return Ok(None) };
        let word = |index: usize| word(&header, index);
        match word(0) {
            CMD_SUBMIT => {
                let input = direction(word(3))?;
                let length = word(6);
                // Zero and -1 both say "not isochronous".
                if !matches!(word(8), 0 | u32::MAX) {
                    return Err(malformed("isochronous transfers have no device here"));
                }
                let mut data = vec![0; if input { 0 } else { checked(length)? }];
                from.read_exact(&mut data)?;
                let endpoint = u8::try_from(word(4)).map_err(|_| malformed("an endpoint above 255"))?;
                let setup = header[40..].try_into().expect("eight bytes are left of 48");
                Ok(Some(Request::Submit(Submit {
                    seq: word(1),
                    devid: word(2),
                    input,
                    endpoint,
                    flags: word(5),
                    length,
                    interval: word(9),
                    setup,
                    data,
                })))
            }
            CMD_UNLINK => Ok(Some(Request::Unlink { seq: word(1), victim: word(5) })),
            _ => Err(malformed("no command of a host")),
        }
    }

    /// As a kernel would send it.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Request::Submit(submit) => {
                let Submit { seq, devid, input, endpoint, flags, length, interval, setup, data } = submit;
                let words = [
                    CMD_SUBMIT,
                    *seq,
                    *devid,
                    u32::from(*input),
                    u32::from(*endpoint),
                    *flags,
                    *length,
                    0,
                    0,
                    *interval,
                ];
                let mut bytes = header(&words);
                bytes[40..].copy_from_slice(setup);
                bytes.extend_from_slice(data);
                bytes
            }
            Request::Unlink { seq, victim } => header(&[CMD_UNLINK, *seq, 0, 0, 0, *victim]),
        }
    }
}

impl Reply {
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Reply::Done { seq, status, actual, data } => {
                let mut bytes = header(&[RET_SUBMIT, *seq, 0, 0, 0, *status as u32, *actual]);
                bytes.extend_from_slice(data);
                bytes
            }
            Reply::Unlinked { seq, status } => header(&[RET_UNLINK, *seq, 0, 0, 0, *status as u32]),
        }
    }

    /// Whether data follows isn't in the message: the host knows what it asked. `None` at the end.
    pub fn read(from: &mut impl Read, input: impl Fn(u32) -> bool) -> io::Result<Option<Reply>> {
        let Some(header) = read_header(from)? else { return Ok(None) };
        let word = |index: usize| word(&header, index);
        let (seq, status) = (word(1), word(5) as i32);
        match word(0) {
            RET_SUBMIT => {
                let actual = word(6);
                let mut data = vec![0; if input(seq) { checked(actual)? } else { 0 }];
                from.read_exact(&mut data)?;
                Ok(Some(Reply::Done { seq, status, actual, data }))
            }
            RET_UNLINK => Ok(Some(Reply::Unlinked { seq, status })),
            _ => Err(malformed("no reply of a device")),
        }
    }
}

fn header(words: &[u32]) -> Vec<u8> {
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    bytes.resize(HEADER, 0);
    bytes
}

fn word(header: &[u8; HEADER], index: usize) -> u32 {
    u32::from_be_bytes(header[index * 4..index * 4 + 4].try_into().expect("four bytes"))
}

fn read_header(from: &mut impl Read) -> io::Result<Option<[u8; HEADER]>> {
    let mut header = [0; HEADER];
    let mut have = 0;
    while have < HEADER {
        match from.read(&mut header[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(more) => have += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(header))
}

fn direction(word: u32) -> io::Result<bool> {
    match word {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(malformed("a direction that is neither in nor out")),
    }
}

fn checked(length: u32) -> io::Result<usize> {
    if length > MOST { Err(malformed("a length beyond all transfers")) } else { Ok(length as usize) }
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("USB/IP: {what}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A submit as the kernel's document shows it, byte by byte.
    #[test]
    fn a_submit_is_read_from_its_bytes() {
        let mut bytes = vec![0, 0, 0, 1, 0, 0, 0x0d, 5, 0, 1, 0, 0x0f, 0, 0, 0, 1, 0, 0, 0, 0];
        bytes.extend([0, 0, 2, 0, 0, 0, 0, 0x40, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 4]);
        bytes.extend([0x80, 6, 0, 1, 0, 0, 0x40, 0]);
        let Some(Request::Submit(submit)) = Request::read(&mut &bytes[..]).unwrap() else { panic!("a submit") };
        assert_eq!((submit.seq, submit.devid, submit.input, submit.endpoint), (0xd05, 0x1000f, true, 0));
        assert_eq!((submit.flags, submit.length, submit.interval), (0x200, 0x40, 4));
        assert_eq!((submit.setup, submit.data.len()), ([0x80, 6, 0, 1, 0, 0, 0x40, 0], 0));
    }

    #[test]
    fn the_replies_are_these_bytes() {
        let done = Reply::Done { seq: 7, status: -32, actual: 0, data: vec![] }.encode();
        assert_eq!(done.len(), HEADER);
        assert_eq!(
            done[..28],
            [0, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 224, 0, 0, 0, 0]
        );
        let unlinked = Reply::Unlinked { seq: 8, status: -104 }.encode();
        assert_eq!(
            (unlinked.len(), &unlinked[..8], &unlinked[20..24]),
            (48, &[0, 0, 0, 4, 0, 0, 0, 8][..], &[255, 255, 255, 152][..])
        );
    }

    #[test]
    fn a_stream_that_ends_between_messages_ended_and_inside_one_broke() {
        let bytes = Request::Unlink { seq: 1, victim: 2 }.encode();
        assert_eq!(Request::read(&mut &bytes[..0]).unwrap(), None);
        for length in 1..bytes.len() {
            assert_eq!(Request::read(&mut &bytes[..length]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
    }

    #[test]
    fn what_no_host_sends_is_refused() {
        let with = |index: usize, value: u32| {
            let mut bytes = Request::Submit(Submit { input: true, ..Submit::default() }).encode();
            bytes[index * 4..index * 4 + 4].copy_from_slice(&value.to_be_bytes());
            Request::read(&mut &bytes[..]).map(drop)
        };
        assert!(with(0, 1).is_ok());
        for (index, value) in [(0, 0), (0, 3), (0, 9), (3, 2), (4, 256), (8, 4)] {
            assert_eq!(with(index, value).unwrap_err().kind(), io::ErrorKind::InvalidData, "word {index} = {value}");
        }
        let endless = Submit { length: u32::MAX, ..Submit::default() };
        assert!(Request::read(&mut &Request::Submit(endless).encode()[..]).is_err());
    }

    prop_compose! {
        fn submits()(seq: u32, devid: u32, input: bool, endpoint in 0u8..16, flags: u32, interval: u32, setup: [u8; 8],
                     data in prop::collection::vec(any::<u8>(), 0..600), room in 0u32..4096) -> Submit {
            let length = if input { room } else { data.len() as u32 };
            Submit { seq, devid, input, endpoint, flags, length, interval, setup, data: if input { vec![] } else { data } }
        }
    }

    proptest! {
        #[test]
        fn requests_come_back_as_they_went(submits in prop::collection::vec(submits(), 1..5), victim: u32) {
            let mut requests: Vec<Request> = submits.into_iter().map(Request::Submit).collect();
            requests.push(Request::Unlink { seq: 3, victim });
            let stream: Vec<u8> = requests.iter().flat_map(Request::encode).collect();
            let mut from = &stream[..];
            for request in requests {
                prop_assert_eq!(Request::read(&mut from).unwrap(), Some(request));
            }
            prop_assert_eq!(Request::read(&mut from).unwrap(), None);
        }

        #[test]
        fn replies_come_back_as_they_went(seq: u32, status: i32, data in prop::collection::vec(any::<u8>(), 0..600)) {
            let done = Reply::Done { seq, status, actual: data.len() as u32, data: data.clone() };
            prop_assert_eq!(Reply::read(&mut &done.encode()[..], |_| true).unwrap(), Some(done));
            let taken = Reply::Done { seq, status, actual: data.len() as u32, data: vec![] };
            prop_assert_eq!(Reply::read(&mut &taken.encode()[..], |_| false).unwrap(), Some(taken));
            let unlinked = Reply::Unlinked { seq, status };
            prop_assert_eq!(Reply::read(&mut &unlinked.encode()[..], |_| true).unwrap(), Some(unlinked));
        }

        #[test]
        fn noise_is_never_a_panic(noise in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Request::read(&mut &noise[..]);
            let _ = Reply::read(&mut &noise[..], |_| true);
        }
    }
}
