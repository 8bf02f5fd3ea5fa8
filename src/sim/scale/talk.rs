//! What a scale says, byte for byte, from the makers' manuals.

use std::io;
use std::sync::Mutex;
use std::time::Instant;

use super::wire::{STEP, Socket};
use super::{Condition, EVERY, Fault, locked};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// Answers `W` (Mettler Toledo 8217).
    Toledo8217,
    /// Mettler Toledo's continuous output.
    ToledoContinuous,
    /// `ST,GS,+  1.234kg`, ten times a second.
    Text,
    /// The same without a word about whether it stands still.
    TextUnmarked,
}

/// Until the other side goes or a fault cuts the line.
pub(super) fn serve(model: Model, condition: &Mutex<Condition>, socket: &mut Socket) -> io::Result<()> {
    let Some(mut wire) =
        socket.accept(|| locked(condition).ended || locked(condition).fault == Some(Fault::Unplugged))?
    else {
        return Ok(());
    };
    let mut next = Instant::now();
    let mut turn = 0;
    loop {
        let asked = wire.read()?.iter().any(|byte| byte & 0x7f == b'W');
        let now = {
            let mut condition = locked(condition);
            condition.asked += u32::from(asked);
            *condition
        };
        if now.ended {
            return Ok(());
        }
        let due = match model {
            Model::Toledo8217 => asked,
            _ => Instant::now() >= next,
        };
        if due {
            next = Instant::now() + EVERY;
            turn += 1;
        }
        // Half a message, and then no more. A scale that waits to be asked just goes.
        if now.fault == Some(Fault::Unplugged) {
            let message = message(model, Condition { fault: None, ..now }, turn);
            wire.write(&message[..message.len() / 2])?;
            std::thread::sleep(STEP * 3);
            return Ok(());
        }
        if due && now.fault != Some(Fault::Silence) {
            wire.write(&message(model, now, turn))?;
        }
    }
}

fn message(model: Model, now: Condition, turn: u32) -> Vec<u8> {
    if now.fault == Some(Fault::Garbage) {
        // 0xFE and 0xF8 are what a line read at the wrong speed is full of.
        return [0xfe, 0xf8, 0x80, 0x00].repeat(5);
    }
    // A weight that moves is another one each time.
    let grams = if now.fault == Some(Fault::Motion) { now.grams + turn % 7 } else { now.grams };
    match model {
        Model::Toledo8217 => toledo(grams, now.fault),
        Model::ToledoContinuous => continuous(grams, now.fault),
        Model::Text => text(grams, now.fault).into_bytes(),
        Model::TextUnmarked => unmarked(grams, now.fault).into_bytes(),
    }
}

/// Status bits: 0 in motion, 1 above capacity, 2 below zero, 3 outside the range in which zero can be taken.
fn toledo(grams: u32, fault: Option<Fault>) -> Vec<u8> {
    let status = match fault {
        Some(Fault::Motion) => 0x01,
        Some(Fault::Overload) => 0x02,
        Some(Fault::Negative) => 0x04,
        Some(Fault::Unzeroed) => 0x08,
        _ => return format!("\x02{:02}.{:03}\r", grams / 1_000, grams % 1_000).into_bytes(),
    };
    // Bit 6 makes a letter of it.
    vec![0x02, b'?', status | 0x40, b'\r']
}

/// Word A: three places, counting by one. Word B: 1 minus, 2 out of range, 3 motion, 4 kilograms, 6 zero not taken.
fn continuous(grams: u32, fault: Option<Fault>) -> Vec<u8> {
    let (b, grams) = match fault {
        Some(Fault::Motion) => (0x08, grams),
        Some(Fault::Overload) => (0x04, 0),
        Some(Fault::Negative) => (0x02, 20),
        Some(Fault::Unzeroed) => (0x40, grams),
        _ => (0, grams),
    };
    let mut frame = vec![0x02, 0b010_1101, 0b011_0000 | b, 0b010_0000];
    frame.extend(format!("{grams:6}     0\r").bytes());
    frame
}

fn text(grams: u32, fault: Option<Fault>) -> String {
    match fault {
        Some(Fault::Motion) => format!("US,GS,+{:3}.{:03}kg\r\n", grams / 1_000, grams % 1_000),
        Some(Fault::Overload) => "OL,GS,+999.999kg\r\n".to_owned(),
        Some(Fault::Negative) => "ST,GS,-  0.020kg\r\n".to_owned(),
        _ => format!("ST,GS,+{:3}.{:03}kg\r\n", grams / 1_000, grams % 1_000),
    }
}

fn unmarked(grams: u32, fault: Option<Fault>) -> String {
    match fault {
        Some(Fault::Overload) => "OL\r\n".to_owned(),
        Some(Fault::Negative) => "wn-000.020kg\r\n".to_owned(),
        _ => format!("wn{:04}.{:03}kg\r\n", grams / 1_000, grams % 1_000),
    }
}
