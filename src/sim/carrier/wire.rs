//! The least of an HTTP/1.1 server: one request a connection, and an answer that may be late, cut off or missing. A
//! proper server library would not let a simulator break the protocol, which is the point here.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Real requests have some 3 kB.
const LARGEST_REQUEST: usize = 1 << 20;

pub(super) struct Answer {
    pub after: Duration,
    pub status: u16,
    pub content_type: &'static str,
    pub body: String,
    pub how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Whole,
    /// The connection ends in the middle of the body.
    CutOff,
    /// The connection is reset before a byte is sent.
    Reset,
    /// Nothing is ever sent.
    Silence,
}

/// Serves until the returned future is dropped, and all its connections with it.
pub(super) async fn serve<F>(listener: TcpListener, answer: F)
where
    F: Fn(Vec<u8>) -> Answer + Send + Sync + 'static,
{
    let answer = Arc::new(answer);
    let mut connections = JoinSet::new();
    loop {
        // Accepting fails only for want of file handles; the next try may find one.
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        while connections.try_join_next().is_some() {}
        let answer = answer.clone();
        connections.spawn(async move {
            // A client that goes away early is no business of the simulator's.
            let _ = converse(stream, &*answer).await;
        });
    }
}

async fn converse(mut stream: TcpStream, answer: &(impl Fn(Vec<u8>) -> Answer + Sync)) -> io::Result<()> {
    let body = request_body(&mut stream).await?;
    let Answer { after, status, content_type, body, how } = answer(body);
    tokio::time::sleep(after).await;
    if how == How::Reset {
        // Closing with unsent data and no linger makes the kernel send RST.
        return stream.set_zero_linger();
    }
    if how == How::Silence {
        let mut rest = [0; 64];
        while stream.read(&mut rest).await? > 0 {}
        return Ok(());
    }
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let sent = if how == How::CutOff { &body.as_bytes()[..body.len() / 2] } else { body.as_bytes() };
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(sent).await?;
    stream.shutdown().await
}

async fn request_body(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 || bytes.len() > LARGEST_REQUEST {
            return Err(broken());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(Ok(0), |text| text.trim().parse::<usize>());
    let length = length.map_err(|_| broken())?;
    while bytes.len() < head_end + length {
        if stream.read_buf(&mut bytes).await? == 0 || bytes.len() > LARGEST_REQUEST {
            return Err(broken());
        }
    }
    Ok(bytes[head_end..head_end + length].to_vec())
}
