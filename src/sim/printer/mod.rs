//! A label printer on a TCP port: it parses what it gets, keeps what would be on paper and answers like a real one.
//!
//! What lies in its half-read buffer survives a connection, as in a real printer; faults are set while it runs.

mod cpcl;
mod epl;
mod escpos;
mod machine;
pub mod read128;
mod tspl;
mod zpl;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use drivers::bitmap::Bitmap;
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use machine::Machine;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Zpl,
    Tspl,
    Cpcl,
    Epl,
    EscPos,
}

impl Language {
    pub const ALL: [Language; 5] = [Language::Zpl, Language::Tspl, Language::Cpcl, Language::Epl, Language::EscPos];
}

#[derive(Clone, Debug)]
pub struct Options {
    /// Port 0 finds a free one.
    pub listen: SocketAddr,
    /// Each paper also becomes `000001.png`, … here.
    pub folder: Option<PathBuf>,
    /// How long one label takes to come out.
    pub print_time: Duration,
    pub dots_per_mm: u32,
    /// TSPL: reports each label by itself, as HPRT's printers do.
    pub auto_return: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            folder: None,
            print_time: Duration::from_millis(20),
            dots_per_mm: 8,
            auto_return: false,
        }
    }
}

/// What goes wrong, until `clear_faults`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// So many more labels, then no paper.
    PaperOutAfter(u32),
    CoverOpen,
    /// ESC/POS printers have none and print on.
    RibbonOut,
    Jam,
    /// Little paper left; it prints.
    NearEnd,
    /// Says that it is ready and has nothing to do, whatever is wrong.
    AlwaysReady,
    /// Answers every question with bytes that mean nothing.
    Garbage,
    /// Doesn't know the question that is usually asked (`~HS`, `ESC !?`, …), only the others.
    FirstUnanswered,
    /// Keeps no count of its labels, as clones don't.
    NoCount,
    /// Prints white for black: a model that counts its bits the other way round.
    WrongPolarity,
    /// Prints and answers no questions.
    Silent,
    /// Reads so many bytes a second; 0 reads nothing at all.
    Slow {
        bytes_per_second: u32,
    },
    /// Closes each connection after so many bytes.
    CloseAfter {
        bytes: u64,
    },
    /// Lets nobody connect.
    Refuse,
}

/// One label that came out.
#[derive(Clone, Debug)]
pub struct Paper {
    pub dots: Bitmap,
    pub at: Timestamp,
    /// Bytes received for it.
    pub bytes: u64,
}

impl Paper {
    /// The texts of all Code 128 barcodes on it, read from the dots.
    pub fn codes(&self) -> Vec<String> {
        read128::read(&self.dots)
    }
}

/// A running printer; it stops when this is dropped.
pub struct SimPrinter {
    pub addr: SocketAddr,
    machine: Arc<Machine>,
    tasks: [AbortHandle; 2],
}

/// Needs a tokio runtime; the port is bound when this returns.
pub async fn start(language: Language, options: Options) -> io::Result<SimPrinter> {
    let listener = TcpListener::bind(options.listen).await?;
    let addr = listener.local_addr()?;
    if let Some(folder) = &options.folder {
        std::fs::create_dir_all(folder)?;
    }
    let machine = Arc::new(Machine::new(language, options));
    let door = tokio::spawn(receive(Arc::clone(&machine), listener, addr)).abort_handle();
    let press = tokio::spawn(machine::print(Arc::clone(&machine))).abort_handle();
    Ok(SimPrinter { addr, machine, tasks: [door, press] })
}

impl SimPrinter {
    /// Everything that came out so far, in order.
    pub fn papers(&self) -> Vec<Paper> {
        self.machine.papers()
    }

    /// What came out since the first `known` papers.
    pub fn papers_after(&self, known: usize) -> Vec<Paper> {
        self.machine.papers_after(known)
    }

    /// Waits until so many labels have come out; false when `limit` is over first.
    pub async fn wait_for(&self, papers: usize, limit: Duration) -> bool {
        tokio::time::timeout(limit, self.machine.printed(papers)).await.is_ok()
    }

    /// Labels received and not printed yet.
    pub fn queued(&self) -> usize {
        self.machine.queued()
    }

    pub fn set_fault(&self, fault: Fault) {
        self.machine.set_fault(fault);
    }

    /// Loads paper, closes the cover, answers again; what was queued is printed.
    pub fn clear_faults(&self) {
        self.machine.clear_faults();
    }

    /// The names of all commands received so far, in order, e.g. `^XA`.
    pub fn commands(&self) -> Vec<String> {
        self.machine.commands()
    }

    /// What it couldn't understand or refused to print, in words.
    pub fn complaints(&self) -> Vec<String> {
        self.machine.complaints()
    }
}

impl Drop for SimPrinter {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// Takes one connection at a time, as printers do.
async fn receive(machine: Arc<Machine>, listener: TcpListener, addr: SocketAddr) {
    let mut listener = Some(listener);
    loop {
        let changed = machine.faults_changed();
        if machine.has(|fault| matches!(fault, Fault::Refuse)) {
            // A closed listener is what makes the kernel refuse connections.
            listener = None;
            changed.await;
            continue;
        }
        let Some(open) = &listener else {
            match TcpListener::bind(addr).await {
                Ok(bound) => listener = Some(bound),
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
            continue;
        };
        tokio::select! {
            accepted = open.accept() => if let Ok((stream, _)) = accepted {
                // Whatever the connection's end was, the next one is served.
                let _ = converse(&machine, stream).await;
            },
            () = changed => {}
        }
    }
}

async fn converse(machine: &Machine, mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    machine.connected();
    let mut received = 0;
    let mut buffer = [0; 1024];
    loop {
        let more_to_say = machine.more_to_say();
        let said = machine.take_said();
        if !said.is_empty() {
            stream.write_all(&said).await?;
            continue;
        }
        let next = async {
            let allowed = machine.take_allowance(buffer.len(), received).await;
            // Dropping a socket with unread bytes resets it, as a printer does that loses power.
            if allowed == 0 { Ok(0) } else { stream.read(&mut buffer[..allowed]).await }
        };
        tokio::select! {
            length = next => match length? {
                0 => return Ok(()),
                length => {
                    received += length as u64;
                    machine.feed(&buffer[..length]);
                }
            },
            () = more_to_say => {}
        }
    }
}
