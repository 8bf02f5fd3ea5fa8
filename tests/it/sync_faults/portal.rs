//! What stands between a station and its hub on a bad day: a proxy that loses, cuts, repeats and invents answers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ill {
    Nothing,
    Status500,
    /// A page to sign in to the network, with status 200, whatever was called.
    SignIn,
    /// The connection is reset before the hub has the request.
    Reset,
    /// The hub has done its work, and its answer breaks off in the middle.
    Cut,
    /// The hub has done its work, and its answer never comes.
    Lost,
    /// The answer acknowledges half of what the hub holds.
    Less,
    /// The request reaches the hub twice.
    Twice,
}

pub struct Portal {
    pub address: SocketAddr,
    ill: Arc<Mutex<Ill>>,
    /// Batches that met with an ill.
    struck: watch::Sender<u32>,
    task: AbortHandle,
}

impl Portal {
    pub async fn to(hub: SocketAddr) -> Portal {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (ill, struck) = (Arc::new(Mutex::new(Ill::Nothing)), watch::channel(0).0);
        let (now, count) = (ill.clone(), struck.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (now, count) = (now.clone(), count.clone());
                // A caller that hangs up is nobody's fault.
                tokio::spawn(async move { drop(serve(stream, hub, &now, &count).await) });
            }
        })
        .abort_handle();
        Portal { address, ill, struck, task }
    }

    pub fn fall(&self, ill: Ill) {
        *self.ill.lock().expect("nobody panics with it") = ill;
    }

    /// Waits until so many batches have met with an ill.
    pub async fn struck(&self, batches: u32) {
        let mut struck = self.struck.subscribe();
        let wait = struck.wait_for(|count| *count >= batches);
        tokio::time::timeout(crate::world::LIMIT, wait).await.expect("batches come").expect("a count");
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut near: TcpStream,
    hub: SocketAddr,
    ill: &Mutex<Ill>,
    struck: &watch::Sender<u32>,
) -> std::io::Result<()> {
    let request = request(&mut near).await?;
    let batch = request.starts_with(b"POST /v1/sync/");
    let ill = *ill.lock().expect("nobody panics with it");
    let ill = if batch || ill == Ill::SignIn { ill } else { Ill::Nothing };
    if batch && ill != Ill::Nothing {
        struck.send_modify(|count| *count += 1);
    }
    match ill {
        Ill::Status500 => return near.write_all(&page("500 Internal Server Error", "<html>oops</html>")).await,
        Ill::SignIn => return near.write_all(&page("200 OK", "<html>Please sign in to the network</html>")).await,
        // A socket that doesn't linger is reset when it is dropped.
        Ill::Reset => return near.set_zero_linger(),
        _ => {}
    }
    let mut answer = forward(hub, &request).await?;
    match ill {
        Ill::Lost => return near.set_zero_linger(),
        Ill::Cut => answer.truncate(answer.len() * 2 / 3),
        Ill::Less => answer = acknowledging_half(&answer),
        Ill::Twice => answer = forward(hub, &request).await?,
        _ => {}
    }
    near.write_all(&answer).await
}

/// A whole request, told to be the last on its connection.
async fn request(near: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let (mut request, mut buffer) = (Vec::new(), [0; 16_384]);
    loop {
        let length = near.read(&mut buffer).await?;
        if length == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        request.extend_from_slice(&buffer[..length]);
        let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
        let body = head.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next()?.parse().ok());
        if request.len() >= end + 4 + body.unwrap_or(0) {
            request.splice(end..end, *b"\r\nconnection: close");
            return Ok(request);
        }
    }
}

async fn forward(hub: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut far = TcpStream::connect(hub).await?;
    far.write_all(request).await?;
    let mut answer = Vec::new();
    far.read_to_end(&mut answer).await?;
    Ok(answer)
}

fn page(status: &str, text: &str) -> Vec<u8> {
    let length = text.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}").into_bytes()
}

fn acknowledging_half(answer: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(answer);
    let Some((_, body)) = text.split_once("\r\n\r\n") else { return answer.to_vec() };
    let Ok(mut body) = serde_json::from_str::<serde_json::Value>(body) else { return answer.to_vec() };
    body["ack"] = (body["ack"].as_u64().unwrap_or(0) / 2).into();
    page("200 OK", &body.to_string())
}
