//! The least of an HTTP/1.1 server: one request a connection, and an answer that may be late, cut off or missing. A
//! proper server library would not let a simulator break the protocol, which is the point here.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Real requests have some 3 kB.
const LARGEST_REQUEST: usize = 1 << 20;

/// A request as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Without the query.
    pub path: String,
    /// Behind the `?`, as it was sent.
    pub query: String,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

pub(in crate::sim) struct Answer {
    pub after: Duration,
    pub status: u16,
    pub content_type: &'static str,
    pub body: String,
    pub how: How,
}

impl Answer {
    /// Whole and at once.
    pub fn json(body: String) -> Self {
        Answer {
            after: Duration::ZERO,
            status: 200,
            content_type: "application/json;charset=UTF-8",
            body,
            how: How::Whole,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum How {
    Whole,
    /// The connection ends in the middle of the body.
    CutOff,
    /// The connection is reset before a byte is sent.
    Reset,
    /// Nothing is ever sent.
    Silence,
    /// A byte at a time, slower than anybody waits.
    Drip,
}

/// Between two bytes of a dripping answer.
const DRIP: Duration = Duration::from_millis(100);

/// A gateway that runs in the background; dropping it closes every connection.
pub(in crate::sim) struct Server<S> {
    pub addr: SocketAddr,
    state: Arc<Mutex<S>>,
    serving: JoinHandle<()>,
}

impl<S: Send + 'static> Server<S> {
    /// Binds and serves; each request is answered by itself.
    pub async fn start(listen: SocketAddr, state: S, answer: fn(&mut S, Request) -> Answer) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let addr = listener.local_addr()?;
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        let serving = tokio::spawn(serve(listener, move |request| answer(&mut locked(&shared), request)));
        Ok(Self { addr, state, serving })
    }

    pub fn state(&self) -> MutexGuard<'_, S> {
        locked(&self.state)
    }
}

impl<S> Drop for Server<S> {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A panic while the lock was held can't have left a book half written: entries are inserted whole.
fn locked<S>(state: &Mutex<S>) -> MutexGuard<'_, S> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves until the returned future is dropped, and all its connections with it.
async fn serve<F>(listener: TcpListener, answer: F)
where
    F: Fn(Request) -> Answer + Send + Sync + 'static,
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

async fn converse(mut stream: TcpStream, answer: &(impl Fn(Request) -> Answer + Sync)) -> io::Result<()> {
    let request = request(&mut stream).await?;
    let Answer { after, status, content_type, body, how } = answer(request);
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
    // Whole texts and halves of them go out in one piece.
    let (piece, pause) = if how == How::Drip { (1, DRIP) } else { (sent.len().max(1), Duration::ZERO) };
    for piece in sent.chunks(piece) {
        stream.write_all(piece).await?;
        tokio::time::sleep(pause).await;
    }
    stream.shutdown().await
}

async fn request(stream: &mut TcpStream) -> io::Result<Request> {
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
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let target = head.split(' ').nth(1).ok_or_else(broken)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: BTreeMap<String, String> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(Ok(0), |text| text.parse::<usize>());
    let length = length.map_err(|_| broken())?;
    while bytes.len() < head_end + length {
        if stream.read_buf(&mut bytes).await? == 0 || bytes.len() > LARGEST_REQUEST {
            return Err(broken());
        }
    }
    let body = bytes[head_end..head_end + length].to_vec();
    Ok(Request { path: path.to_owned(), query: query.to_owned(), headers, body })
}
