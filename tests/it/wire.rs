//! A cable with eyes: it forwards TCP to a device or carrier, knows how far each message got, and can hold it there.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// How a message begins and ends on this wire.
#[derive(Clone, Copy)]
pub struct Marks {
    pub begin: &'static [u8],
    pub end: &'static [u8],
}

pub const ZPL: Marks = Marks { begin: b"^XA", end: b"^XZ" };
pub const HTTP: Marks = Marks { begin: b"POST ", end: b"\r\n\r\n" };

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Nothing,
    /// So many bytes of a message pass, counted from its first mark.
    After(usize),
    /// Questions pass, answers don't.
    Answers,
    /// The connection breaks behind so many bytes of a message.
    Cut(usize),
}

/// What is done to messages that begin once so many have passed whole.
#[derive(Clone, Copy)]
struct Rule {
    from: u32,
    hold: Hold,
}

/// What the wire has seen so far, and what is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub open: u32,
    /// Messages that were let through whole.
    pub whole: u32,
    /// Of a message that was begun and isn't whole: how many bytes were let through.
    pub passed: Option<usize>,
    /// Something is being held back.
    pub held: bool,
}

pub struct Wire {
    pub address: SocketAddr,
    rule: Arc<Mutex<Rule>>,
    seen: watch::Sender<Seen>,
    task: AbortHandle,
}

impl Wire {
    pub async fn to(target: SocketAddr, marks: Marks) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let rule = Arc::new(Mutex::new(Rule { from: 0, hold: Hold::Nothing }));
        let seen = watch::channel(Seen::default()).0;
        let (of_all, news) = (rule.clone(), seen.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (rule, news) = (of_all.clone(), news.clone());
                news.send_modify(|seen| seen.open += 1);
                tokio::spawn(async move {
                    // Whatever the end of a connection was, both of its sides are closed.
                    let _ = carry(stream, target, marks, &rule, &news).await;
                    news.send_modify(|seen| {
                        seen.open -= 1;
                        (seen.held, seen.passed) = (false, None);
                    });
                });
            }
        })
        .abort_handle();
        Wire { address, rule, seen, task }
    }

    /// For messages that begin from now on.
    pub fn hold(&self, hold: Hold) {
        self.hold_after(0, hold);
    }

    /// The same, once so many more messages have passed whole.
    pub fn hold_after(&self, messages: u32, hold: Hold) {
        let from = self.seen().whole + messages;
        *self.rule.lock().expect("nobody panics with it") = Rule { from, hold };
    }

    pub fn seen(&self) -> Seen {
        *self.seen.borrow()
    }

    pub async fn until(&self, so: impl Fn(&Seen) -> bool) -> Seen {
        *self.seen.subscribe().wait_for(|seen| so(seen)).await.expect("the wire is held by its owner")
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(
    mut near: TcpStream,
    target: SocketAddr,
    marks: Marks,
    rule: &Mutex<Rule>,
    news: &watch::Sender<Seen>,
) -> std::io::Result<()> {
    let mut far = TcpStream::connect(target).await?;
    far.set_nodelay(true)?;
    near.set_nodelay(true)?;
    // Everything that came, how much of it went on, and where the newest message begins.
    let (mut came, mut gone, mut begin) = (Vec::new(), 0, None);
    let (mut up, mut down) = ([0; 4_096], [0; 4_096]);
    loop {
        tokio::select! {
            read = near.read(&mut up) => {
                let length = read?;
                if length == 0 {
                    // What the device has not read yet is still its own to read.
                    far.shutdown().await?;
                    while far.read(&mut down).await? > 0 {}
                    return Ok(());
                }
                came.extend_from_slice(&up[..length]);
            }
            read = far.read(&mut down) => {
                let length = read?;
                if length == 0 {
                    return Ok(());
                }
                if rule.lock().expect("nobody panics with it").hold == Hold::Answers {
                    news.send_modify(|seen| seen.held = true);
                } else {
                    near.write_all(&down[..length]).await?;
                }
                continue;
            }
        }
        if begin.is_none() {
            begin = find(&came[gone..], marks.begin).map(|at| gone + at);
        }
        let Rule { from, hold } = *rule.lock().expect("nobody panics with it");
        let applies = news.borrow().whole >= from;
        let allowed = match (hold, begin) {
            (Hold::After(bytes) | Hold::Cut(bytes), Some(begin)) if applies => came.len().min(begin + bytes),
            _ => came.len(),
        };
        if allowed > gone {
            far.write_all(&came[gone..allowed]).await?;
            gone = allowed;
        }
        if allowed < came.len() && matches!(hold, Hold::Cut(_)) {
            return Ok(());
        }
        if let Some(at) = begin {
            let whole = find(&came[at..gone], marks.end).is_some();
            news.send_modify(|seen| {
                (seen.passed, seen.held) = ((!whole).then(|| gone - at), gone < came.len());
                seen.whole += u32::from(whole);
            });
            if whole {
                begin = None;
            }
        }
    }
}

fn find(text: &[u8], mark: &[u8]) -> Option<usize> {
    text.windows(mark.len()).position(|window| window == mark)
}
