//! One exam for every transport, against a peer of its own kind: TCP, a pseudo terminal, a folder. USB needs a bus, which
//! a test's machine may not have: `tests/vm` examines it, and `lp` once more, in a guest with one.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use drivers::transport::{KINDS, Link, kind_of};
use drivers::url::DeviceUrl;
use serialport::{SerialPort, TTYPort};

const LONG: Duration = Duration::from_secs(10);
const ANSWER: &[u8] = b"\x02\x00\xff\r\n\x11\x13";

/// All byte values, more of them than a pseudo terminal buffers.
fn message() -> Vec<u8> {
    (0..40_000u32).map(|index| (index % 256) as u8).collect()
}

/// What is at the other end: where it is, and what it got in the end.
struct Peer {
    url: DeviceUrl,
    got: Box<dyn FnOnce() -> Vec<u8>>,
    /// Kept until the exam is over.
    _folder: Option<tempfile::TempDir>,
}

fn peer(scheme: &str) -> Peer {
    match scheme {
        "tcp" => {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("tcp://{}", listener.local_addr().unwrap()).parse().unwrap();
            let got = serve(move || listener.accept().unwrap().0);
            Peer { url, got: Box::new(move || got.recv_timeout(LONG).unwrap()), _folder: None }
        }
        "serial" | "lp" => {
            let (master, path) = pseudo_terminal();
            let baud = if scheme == "serial" { "?baud=115200" } else { "" };
            let url = format!("{scheme}://{}{baud}", path.display()).parse().unwrap();
            let got = serve(move || master);
            Peer { url, got: Box::new(move || got.recv_timeout(LONG).unwrap()), _folder: None }
        }
        "file" => {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("file://{}?extension=zpl", folder.path().display()).parse().unwrap();
            let file = folder.path().join("000001.zpl");
            Peer { url, got: Box::new(move || std::fs::read(file).unwrap()), _folder: Some(folder) }
        }
        other => panic!("the transport {other} has no peer here: add one"),
    }
}

/// Reads the whole message, answers, closes.
fn serve<S: Read + Write>(open: impl FnOnce() -> S + Send + 'static) -> Receiver<Vec<u8>> {
    let (tell, got) = channel();
    thread::spawn(move || {
        let mut stream = open();
        let (mut received, mut buffer) = (Vec::new(), [0; 1024]);
        let until = Instant::now() + LONG;
        while received.len() < message().len() && Instant::now() < until {
            match stream.read(&mut buffer) {
                Ok(length) => received.extend_from_slice(&buffer[..length]),
                // Nobody has opened the pseudo terminal yet.
                Err(_) => thread::yield_now(),
            }
        }
        stream.write_all(ANSWER).unwrap();
        tell.send(received).unwrap();
        // A pseudo terminal closed at once would take the answer with it: stay until the other side leaves.
        while Instant::now() < until {
            match stream.read(&mut buffer) {
                Ok(1..) => {}
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {}
                Ok(0) | Err(_) => break,
            }
        }
    });
    got
}

/// A raw pseudo terminal's master and the path of its slave.
fn pseudo_terminal() -> (TTYPort, PathBuf) {
    let (mut master, slave) = TTYPort::pair().unwrap();
    master.set_timeout(Duration::from_millis(50)).unwrap();
    let path = PathBuf::from(slave.name().unwrap());
    (master, path)
}

async fn write_all(link: &mut dyn Link, bytes: &[u8]) {
    let mut left = bytes;
    while !left.is_empty() {
        let taken = tokio::time::timeout(LONG, link.write(left)).await.unwrap().unwrap();
        assert!((1..=left.len()).contains(&taken));
        left = &left[taken..];
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_transport_moves_every_byte_both_ways_and_finishes() {
    for kind in KINDS.iter().filter(|kind| kind.scheme != "usb") {
        let peer = peer(kind.scheme);
        let mut link = (kind.open)(&peer.url).await.unwrap();
        write_all(&mut *link, &message()).await;
        if link.two_way() {
            let (mut answer, mut buffer) = (Vec::new(), [0; 64]);
            while answer.len() < ANSWER.len() {
                let length = tokio::time::timeout(LONG, link.read(&mut buffer)).await.unwrap().unwrap();
                assert!(length > 0, "{}", kind.scheme);
                answer.extend_from_slice(&buffer[..length]);
            }
            assert_eq!(answer, ANSWER, "{}", kind.scheme);
        }
        tokio::time::timeout(LONG, link.finish()).await.unwrap().unwrap();
        assert_eq!((peer.got)(), message(), "{}", kind.scheme);
    }
}

#[tokio::test]
async fn every_transport_says_what_it_cannot_open() {
    for (url, says) in [
        ("tcp://127.0.0.1:1", "refused"),
        ("serial:///nonexistent/tty", "o such file"),
        ("lp:///nonexistent/lp0", "/nonexistent/lp0: No such file"),
        ("lp://no-such-model", "no such printer is plugged in"),
        ("file:///nonexistent/folder", "o such file"),
    ] {
        let url: DeviceUrl = url.parse().unwrap();
        let error = (kind_of(&url).unwrap().open)(&url).await.err().unwrap().to_string();
        assert!(error.contains(says), "{url}: {error}");
    }
}

#[test]
fn every_transport_refuses_options_it_does_not_know() {
    for kind in KINDS {
        let url: DeviceUrl = format!("{}://somewhere?colour=red", kind.scheme).parse().unwrap();
        let error = kind_of(&url).err().unwrap().to_string();
        assert!(error.contains("unknown option \"colour\""), "{error}");
    }
    let unknown: DeviceUrl = "pigeon://roof".parse().unwrap();
    assert!(kind_of(&unknown).err().unwrap().to_string().contains("known are tcp, serial, usb, lp, file"));
}

#[tokio::test]
async fn an_unfinished_file_never_appears() {
    let folder = tempfile::tempdir().unwrap();
    let url: DeviceUrl = format!("file://{}", folder.path().display()).parse().unwrap();
    let open = kind_of(&url).unwrap().open;
    let mut half = open(&url).await.unwrap();
    write_all(&mut *half, b"half").await;
    let mut whole = open(&url).await.unwrap();
    write_all(&mut *whole, b"whole").await;
    whole.finish().await.unwrap();
    drop((half, whole));
    let names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["000001.bin"]);
    assert_eq!(std::fs::read(folder.path().join("000001.bin")).unwrap(), b"whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serial_read_can_be_given_up_and_a_second_program_is_told() {
    let (_master, path) = pseudo_terminal();
    let url: DeviceUrl = format!("serial://{}", path.display()).parse().unwrap();
    let open = kind_of(&url).unwrap().open;
    let mut link = open(&url).await.unwrap();
    let mut buffer = [0; 8];
    let given_up = tokio::time::timeout(Duration::from_millis(50), link.read(&mut buffer)).await;
    assert!(given_up.is_err(), "nothing was sent");
    let error = open(&url).await.err().unwrap().to_string();
    assert!(error.contains("in use") || error.contains("busy"), "{error}");
}

/// A printer that is off line takes nothing; whoever gives up isn't held, and the thread that wrote doesn't stay behind.
#[tokio::test(flavor = "multi_thread")]
async fn an_lp_write_can_be_given_up() {
    let (_master, path) = pseudo_terminal();
    let url: DeviceUrl = format!("lp://{}", path.display()).parse().unwrap();
    let mut link = (kind_of(&url).unwrap().open)(&url).await.unwrap();
    let mut taken = 0;
    // Until the terminal's buffer is full.
    let given_up = loop {
        let started = Instant::now();
        match tokio::time::timeout(Duration::from_millis(300), link.write(&[b'x'; 4_096])).await {
            Ok(length) => taken += length.unwrap(),
            Err(_) => break started,
        }
    };
    assert!(given_up.elapsed() < Duration::from_secs(2), "{:?}", given_up.elapsed());
    assert!(taken > 0 && taken < 1 << 20, "{taken}");
    let names = std::fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    assert_eq!(names.filter(|name| name == "lp\n").count(), 0);
}
