//! Scanners on the network: `tcp://0.0.0.0:7101` waits for the scanner to connect, `tcp-connect://10.0.0.8:2001` connects
//! to it. A scanner that lost power comes back on a new connection, so the newest one is the one that is read.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

use super::source::Stream;
use super::{Door, Opening};
use crate::transport::tcp;
use crate::url::{DeviceUrl, UrlError};

struct Listening(TcpListener);

struct Connecting(DeviceUrl);

pub fn check(url: &DeviceUrl) -> Result<(), UrlError> {
    url.refuse_options_but(&[])?;
    match url.place.rsplit_once(':').map(|(_, port)| port.parse::<u16>()) {
        Some(Ok(_)) => Ok(()),
        _ => Err(UrlError::Shape(url.to_string())),
    }
}

pub fn listen(url: &DeviceUrl) -> io::Result<Box<dyn Door>> {
    let listener = std::net::TcpListener::bind(&url.place)?;
    listener.set_nonblocking(true)?;
    Ok(Box::new(Listening(TcpListener::from_std(listener)?)))
}

pub fn connect(url: &DeviceUrl) -> io::Result<Box<dyn Door>> {
    Ok(Box::new(Connecting(url.clone())))
}

impl Door for Listening {
    fn next(&mut self) -> Opening<'_> {
        Box::pin(async { Ok(Stream::open(tcp::link(self.0.accept().await?.0)?)) })
    }

    fn takes_over(&self) -> bool {
        true
    }

    fn address(&self) -> Option<SocketAddr> {
        self.0.local_addr().ok()
    }
}

impl Door for Connecting {
    fn next(&mut self) -> Opening<'_> {
        Box::pin(async { Ok(Stream::open(tcp::link(TcpStream::connect(&self.0.place).await?)?)) })
    }
}
