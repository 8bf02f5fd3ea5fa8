//! A keyboard in place of a scanner, for trying things out: `stdin://`, a code per line; feedback goes to stdout.

use std::future::pending;
use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt, Stdin, Stdout};

use super::source::Stream;
use super::{Door, Opening};
use crate::transport::{Link, Pending};
use crate::url::{DeviceUrl, UrlError};

struct Terminal {
    opened: bool,
}

struct TerminalLink(Stdin, Stdout);

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    url.refuse_options_but(&[])
}

pub fn door(_: &DeviceUrl) -> io::Result<Box<dyn Door>> {
    Ok(Box::new(Terminal { opened: false }))
}

impl Door for Terminal {
    fn next(&mut self) -> Opening<'_> {
        Box::pin(async {
            // A standard input that has ended doesn't begin again.
            if std::mem::replace(&mut self.opened, true) {
                return pending().await;
            }
            Ok(Stream::open(Box::new(TerminalLink(tokio::io::stdin(), tokio::io::stdout()))))
        })
    }
}

impl Link for TerminalLink {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> Pending<'a, io::Result<usize>> {
        Box::pin(async move {
            let taken = self.1.write(bytes).await?;
            self.1.flush().await?;
            Ok(taken)
        })
    }

    fn read<'a>(&'a mut self, buffer: &'a mut [u8]) -> Pending<'a, io::Result<usize>> {
        Box::pin(self.0.read(buffer))
    }

    fn finish(&mut self) -> Pending<'_, io::Result<()>> {
        Box::pin(self.1.flush())
    }

    fn two_way(&self) -> bool {
        true
    }
}
