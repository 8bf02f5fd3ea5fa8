//! The WebSocket to a component: whole texts there and back, one conversation long.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::address::Address;

/// The library's own 128 KiB are for streams; a reply is some hundred bytes and a long list of printers a few thousand.
const BUFFER: usize = 4 * 1024;
/// No reply of a component is larger; whatever else listens there won't fill the memory.
const LARGEST: usize = 1024 * 1024;
/// A component that takes no more bytes isn't waited for.
const GOODBYE: Duration = Duration::from_millis(100);

pub struct Line(WebSocketStream<TcpStream>);

impl Line {
    pub async fn open(address: &Address) -> Result<Self, String> {
        let stream = TcpStream::connect((address.host.as_str(), address.port)).await.map_err(said)?;
        stream.set_nodelay(true).map_err(said)?;
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(LARGEST))
            .max_frame_size(Some(LARGEST));
        let (socket, _) = client_async_with_config(address.url(), stream, Some(config)).await.map_err(said)?;
        Ok(Self(socket))
    }

    pub async fn say(&mut self, text: String) -> Result<(), String> {
        self.0.send(Message::text(text)).await.map_err(said)
    }

    /// The next text; what keeps the connection alive is answered on the way.
    pub async fn hear(&mut self) -> Result<String, String> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(_))) | None => return Err("it closed the connection".into()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(said(error)),
            }
        }
    }

    /// The conversation is over, whether the other side hears it or not.
    pub async fn hang_up(mut self) {
        let _ = tokio::time::timeout(GOODBYE, self.0.close(None)).await;
    }
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
