//! An open scanner: what it sends, and how it is answered. Some only move bytes, others know where a read ends, which kind
//! of code it was or that a part of it was lost.

use std::io;

use super::Feedback;
use super::framing::Reason;
use crate::scan::Symbology;
use crate::transport::{Link, Pending};

/// What becomes an open scanner.
pub type Opening<'a> = Pending<'a, io::Result<Box<dyn Source>>>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A piece of a stream: a suffix or a pause tells where a read ends.
    Bytes(Vec<u8>),
    /// A whole read; the scanner's protocol says where it ends.
    Read { data: Vec<u8>, symbology: Option<Symbology> },
    /// What came was no read, and it has ended.
    Refused { reason: Reason, data: Vec<u8> },
    /// A piece of the stream is missing: the read it belongs to may not be believed, wherever it ends.
    Spoiled(Reason),
    /// The other side has gone.
    Closed,
}

/// Dropping an unfinished call loses nothing of what the scanner sent.
pub trait Source: Send {
    fn read(&mut self) -> Pending<'_, io::Result<Input>>;

    /// Tells the packer through the scanner, as far as it can: a scanner without words beeps.
    fn answer<'a>(&'a mut self, feedback: Feedback, text: &'a str) -> Pending<'a, io::Result<()>>;
}

/// A scanner that sends and takes plain text over a link.
pub struct Stream {
    link: Box<dyn Link>,
    buffer: [u8; 1024],
}

impl Stream {
    pub fn open(link: Box<dyn Link>) -> Box<dyn Source> {
        Box::new(Self { link, buffer: [0; 1024] })
    }
}

impl Source for Stream {
    fn read(&mut self) -> Pending<'_, io::Result<Input>> {
        Box::pin(async {
            Ok(match self.link.read(&mut self.buffer).await? {
                0 => Input::Closed,
                length => Input::Bytes(self.buffer[..length].to_vec()),
            })
        })
    }

    fn answer<'a>(&'a mut self, feedback: Feedback, text: &'a str) -> Pending<'a, io::Result<()>> {
        Box::pin(async move {
            let line = format!("{} {}\n", feedback.word(), text.replace(['\r', '\n'], " "));
            write_all(&mut *self.link, line.as_bytes()).await
        })
    }
}

async fn write_all(link: &mut dyn Link, bytes: &[u8]) -> io::Result<()> {
    let mut left = bytes;
    while !left.is_empty() {
        let taken = link.write(left).await?;
        left = &left[taken..];
    }
    Ok(())
}
