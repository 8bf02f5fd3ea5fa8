//! The component's door: connections beside each other, as browsers open them, and each task's course over the one it came by.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::{SinkExt as _, StreamExt as _};
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use super::talk::{self, Course, Task, Wanted};
use super::{Build, Fault, Machine, Printed};

type Socket = WebSocketStream<TcpStream>;

pub(super) async fn receive(machine: Arc<Machine>, listener: TcpListener, addr: SocketAddr) {
    let mut fault = machine.fault.subscribe();
    let mut open = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        if machine.fault() == Some(Fault::Stopped) {
            // A closed listener is what makes the kernel refuse connections.
            open = None;
            connections.shutdown().await;
            let _ = fault.changed().await;
            continue;
        }
        let Some(listener) = &open else {
            match TcpListener::bind(addr).await {
                Ok(bound) => open = Some(bound),
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
            }
            continue;
        };
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                let machine = machine.clone();
                // Whatever a connection's end is, it is that one's.
                connections.spawn(async move { drop(converse(&machine, stream).await) });
            },
            Some(_) = connections.join_next() => {},
            changed = fault.changed() => if changed.is_err() { return },
        }
    }
}

#[allow(clippy::result_large_err, reason = "the library's own shape of a refusal")]
async fn converse(machine: &Machine, stream: TcpStream) -> Result<(), Error> {
    let path = machine.build.path();
    let mut socket =
        accept_hdr_async(stream, |request: &Request, response: Response| at(path, request, response)).await?;
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        machine.desk().messages.push(text.to_string());
        let fault = machine.fault();
        if fault == Some(Fault::Mute) {
            continue;
        }
        let message: Value = serde_json::from_str(&text).unwrap_or_default();
        match talk::wanted(machine.build, &message, &machine.options.printers, fault) {
            Wanted::Answer(answer) => socket.send(Message::text(answer.to_string())).await?,
            Wanted::Print(task) => {
                let course = begin(machine, &task, fault);
                let done = run(machine, &mut socket, &task, &course, &text, fault).await;
                if course.taken {
                    machine.desk().busy = false;
                }
                done?;
                if fault == Some(Fault::Closes) {
                    return Ok(());
                }
            }
            Wanted::Nothing => {}
        }
    }
    Ok(())
}

/// Components listen at one path each.
#[allow(clippy::result_large_err, reason = "the library's own shape of a refusal")]
fn at(path: &str, request: &Request, response: Response) -> Result<Response, ErrorResponse> {
    if request.uri().path() == path {
        return Ok(response);
    }
    let mut refusal = ErrorResponse::new(None);
    *refusal.status_mut() = tokio_tungstenite::tungstenite::http::StatusCode::NOT_FOUND;
    Err(refusal)
}

/// Takes a task, or doesn't.
fn begin(machine: &Machine, task: &Task, fault: Option<Fault>) -> Course {
    let known = task.printer.is_empty() || machine.options.printers.contains(&task.printer);
    let mut desk = machine.desk();
    let refused = match machine.build {
        _ if fault == Some(Fault::TurnsDown) => Some("document not found"),
        _ if task.documents.is_empty() => Some("document not found"),
        _ if !known => Some("printer not found"),
        Build::Kuaishou if task.documents.len() > 10 => Some("too many documents"),
        Build::Kuaishou if desk.busy => Some("another task is under way"),
        _ => None,
    };
    let course = talk::course(machine.build, task, refused, fault);
    desk.busy |= course.taken;
    course
}

async fn run(
    machine: &Machine,
    socket: &mut Socket,
    task: &Task,
    course: &Course,
    message: &str,
    fault: Option<Fault>,
) -> Result<(), Error> {
    if fault == Some(Fault::Chatters) {
        for text in talk::chatter(machine.build) {
            socket.send(Message::text(text)).await?;
        }
    }
    say(socket, std::slice::from_ref(&course.reply)).await?;
    if !course.taken {
        return Ok(());
    }
    if fault == Some(Fault::Closes) {
        // Nobody listens any more; what is in the queue comes out.
        come_out(machine, task, message);
        return Ok(());
    }
    say(socket, &course.begun).await?;
    tokio::time::sleep(machine.step()).await;
    say(socket, &course.drawn).await?;
    tokio::time::sleep(machine.step()).await;
    if course.comes_out {
        come_out(machine, task, message);
    }
    say(socket, &course.printed).await
}

async fn say(socket: &mut Socket, messages: &[Value]) -> Result<(), Error> {
    for message in messages {
        socket.send(Message::text(message.to_string())).await?;
    }
    Ok(())
}

fn come_out(machine: &Machine, task: &Task, message: &str) {
    let default = machine.options.printers.first().cloned().unwrap_or_default();
    let printer = if task.printer.is_empty() { default } else { task.printer.clone() };
    let one = |(document, contents): &(String, Value)| Printed {
        at: Timestamp::now(),
        printer: printer.clone(),
        task: task.id.clone(),
        document: document.clone(),
        contents: contents.clone(),
        message: message.to_owned(),
    };
    machine.printed.send_modify(|printed| printed.extend(task.documents.iter().map(one)));
}
