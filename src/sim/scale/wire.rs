//! The cable of a simulated scale: a listening port, or a pseudo terminal behind a name that stays.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serialport::{SerialPort, TTYPort};

use super::Plug;

/// How long anything here waits before it looks around again.
pub const STEP: Duration = Duration::from_millis(10);

pub enum Socket {
    Tcp { address: SocketAddr, listener: Option<TcpListener> },
    Pty { link: PathBuf, master: Option<TTYPort> },
}

/// One connection.
pub enum Wire<'a> {
    Tcp(TcpStream),
    Pty(&'a mut TTYPort),
}

impl Socket {
    pub fn plug(plug: &Plug) -> io::Result<Socket> {
        let mut socket = match plug {
            Plug::Tcp(address) => Socket::Tcp { address: *address, listener: None },
            Plug::Pty(link) => Socket::Pty { link: link.clone(), master: None },
        };
        socket.plug_again()?;
        Ok(socket)
    }

    pub fn plug_again(&mut self) -> io::Result<()> {
        match self {
            Socket::Tcp { address, listener } => {
                let bound = TcpListener::bind(*address)?;
                bound.set_nonblocking(true)?;
                *address = bound.local_addr()?;
                *listener = Some(bound);
            }
            Socket::Pty { link, master } => {
                let (mut ours, theirs) = TTYPort::pair()?;
                ours.set_timeout(STEP)?;
                let name = theirs.name().ok_or_else(|| io::Error::other("the terminal has no name"))?;
                if !is_free_or_ours(link) {
                    let message = format!("{} is somebody's file: give a name that isn't taken", link.display());
                    return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
                }
                // The new name appears whole.
                let fresh = link.with_extension("new");
                let _ = fs::remove_file(&fresh);
                crate::machine::symlink(Path::new(&name), &fresh)?;
                fs::rename(fresh, link)?;
                *master = Some(ours);
            }
        }
        Ok(())
    }

    pub fn unplug(&mut self) {
        match self {
            Socket::Tcp { listener, .. } => *listener = None,
            Socket::Pty { link, master } => {
                let _ = fs::remove_file(link);
                *master = None;
            }
        }
    }

    pub fn url(&self) -> String {
        match self {
            Socket::Tcp { address, .. } => format!("tcp://{address}"),
            // A pseudo terminal has 8 bits and no parity, whatever it is told.
            Socket::Pty { link, .. } => format!("serial://{}?bits=8&parity=none", link.display()),
        }
    }

    /// `None` once `ended` says so.
    pub fn accept(&mut self, ended: impl Fn() -> bool) -> io::Result<Option<Wire<'_>>> {
        match self {
            Socket::Pty { master, .. } => Ok(master.as_mut().map(Wire::Pty)),
            Socket::Tcp { listener, .. } => loop {
                let Some(listener) = listener else { return Ok(None) };
                match listener.accept() {
                    Ok((stream, _)) => {
                        stream.set_nonblocking(false)?;
                        stream.set_nodelay(true)?;
                        stream.set_read_timeout(Some(STEP))?;
                        return Ok(Some(Wire::Tcp(stream)));
                    }
                    Err(_) if ended() => return Ok(None),
                    Err(_) => std::thread::sleep(STEP),
                }
            },
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.unplug();
    }
}

impl Wire<'_> {
    /// What has come within a step; nothing in most of them.
    pub fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut buffer = [0; 64];
        let read = match self {
            Wire::Tcp(stream) => stream.read(&mut buffer),
            Wire::Pty(port) => port.read(&mut buffer),
        };
        match (read, &self) {
            (Ok(0), Wire::Tcp(_)) => Err(io::ErrorKind::ConnectionReset.into()),
            (Ok(length), _) => Ok(buffer[..length].to_vec()),
            (Err(error), _) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
                Ok(Vec::new())
            }
            // Nobody has the terminal open: that is no end, and no reason to hurry.
            (Err(_), Wire::Pty(_)) => {
                std::thread::sleep(STEP);
                Ok(Vec::new())
            }
            (Err(error), _) => Err(error),
        }
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Wire::Tcp(stream) => stream.write_all(bytes),
            // A terminal that nobody reads is full at some time; a scale doesn't care who listens.
            Wire::Pty(port) => {
                let _ = port.write_all(bytes);
                Ok(())
            }
        }
    }
}

/// A name that a pseudo terminal had before is taken over, and nothing else.
fn is_free_or_ours(link: &Path) -> bool {
    match fs::read_link(link) {
        Ok(target) => target.starts_with("/dev/pts"),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_terminals_name_is_taken_over() {
        let folder = std::env::temp_dir().join(format!("wire-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let [file, ours, other] = ["file", "ours", "other"].map(|name| folder.join(name));
        fs::write(&file, "precious").unwrap();
        crate::machine::symlink(Path::new("/dev/pts/999"), &ours).unwrap();
        crate::machine::symlink(&file, &other).unwrap();
        assert!(is_free_or_ours(&folder.join("free")) && is_free_or_ours(&ours));
        assert!(!is_free_or_ours(&file) && !is_free_or_ours(&other) && !is_free_or_ours(&folder));
        fs::remove_dir_all(folder).unwrap();
    }
}
