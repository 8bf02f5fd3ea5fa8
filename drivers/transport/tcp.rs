//! Raw TCP as print servers and label printers take it on port 9100: `tcp://10.0.0.7:9100`.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Link, Opening, Pending};
use crate::url::{DeviceUrl, UrlError};

/// The port label printers listen on.
const RAW_PORT: u16 = 9100;

struct TcpLink(TcpStream);

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    url.refuse_options_but(&[])
}

pub fn open(url: &DeviceUrl) -> Opening<'_> {
    Box::pin(async { link(TcpStream::connect(host_and_port(&url.place)).await?) })
}

/// A connection as a link.
pub fn link(stream: TcpStream) -> io::Result<Box<dyn Link>> {
    // Status questions and scans are a few bytes and wait for an answer.
    stream.set_nodelay(true)?;
    Ok(Box::new(TcpLink(stream)))
}

fn host_and_port(place: &str) -> String {
    let has_port = place.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port { place.to_owned() } else { format!("{place}:{RAW_PORT}") }
}

impl Link for TcpLink {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> Pending<'a, io::Result<usize>> {
        Box::pin(self.0.write(bytes))
    }

    fn read<'a>(&'a mut self, buffer: &'a mut [u8]) -> Pending<'a, io::Result<usize>> {
        Box::pin(self.0.read(buffer))
    }

    /// Closes our half and waits for the other: a printer that read everything closes too, one that dropped bytes
    /// resets the connection, and only waiting tells the two apart.
    fn finish(&mut self) -> Pending<'_, io::Result<()>> {
        Box::pin(async move {
            self.0.shutdown().await?;
            let mut rest = [0; 256];
            while self.0.read(&mut rest).await? > 0 {}
            Ok(())
        })
    }

    fn two_way(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_raw_port_is_the_default() {
        assert_eq!(host_and_port("10.0.0.7"), "10.0.0.7:9100");
        assert_eq!(host_and_port("10.0.0.7:6101"), "10.0.0.7:6101");
        assert_eq!(host_and_port("[fd00::7]"), "[fd00::7]:9100");
    }
}
