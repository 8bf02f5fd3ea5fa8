//! Where a kill landed: read from the process a moment before, from the wires, and from the journal afterwards.

use std::collections::BTreeMap;
use std::path::Path;

/// What the daemon was doing when it was killed, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Death {
    Starting,
    InsideCommit,
    InsideCheckpoint,
    MidLabel,
    CommitToPrint,
    LabelSent,
    CarrierCall,
    ScanUnanswered,
    Idle,
}

impl Death {
    pub const ALL: [Death; 9] = [
        Death::Starting,
        Death::InsideCommit,
        Death::InsideCheckpoint,
        Death::CommitToPrint,
        Death::MidLabel,
        Death::LabelSent,
        Death::CarrierCall,
        Death::ScanUnanswered,
        Death::Idle,
    ];

    fn words(self) -> &'static str {
        match self {
            Death::Starting => "starting",
            Death::InsideCommit => "inside a commit (write or fdatasync of the WAL)",
            Death::InsideCheckpoint => "inside a checkpoint",
            Death::CommitToPrint => "between a label's commit and its first byte",
            Death::MidLabel => "in the middle of a label",
            Death::LabelSent => "label sent, printer's answer not remembered",
            Death::CarrierCall => "carrier asked, no answer remembered",
            Death::ScanUnanswered => "a scan taken, not answered",
            Death::Idle => "idle",
        }
    }
}

/// A table of how many kills landed where.
pub fn histogram(deaths: &BTreeMap<Death, u32>) -> String {
    let mut table = String::new();
    for death in Death::ALL {
        let count = deaths.get(&death).copied().unwrap_or_default();
        let bar = "#".repeat(count as usize);
        table.push_str(&format!("{:>4}  {:<48} {bar}\n", count, death.words()));
    }
    table
}

/// What the journal's thread of a process is writing at this moment, if it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    Wal,
    Database,
}

/// The journal's thread, as the kernel shows it.
pub struct Thread {
    pid: u32,
    tid: String,
}

impl Thread {
    pub fn of_journal(pid: u32) -> Option<Thread> {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
        let named = |task: &std::fs::DirEntry| {
            std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == "journal")
        };
        let task = tasks.flatten().find(named)?;
        Some(Thread { pid, tid: task.file_name().to_string_lossy().into_owned() })
    }

    pub fn writing(&self) -> Option<Writing> {
        let Thread { pid, tid } = self;
        // `number 0xfd …`, or `running`.
        let call = std::fs::read_to_string(format!("/proc/{pid}/task/{tid}/syscall")).ok()?;
        let mut words = call.split_whitespace();
        let number: u32 = words.next()?.parse().ok()?;
        if !writing_calls().contains(&number) {
            return None;
        }
        let descriptor = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
        let file = std::fs::read_link(format!("/proc/{pid}/fd/{descriptor}")).ok()?;
        match file.file_name()?.to_string_lossy().as_ref() {
            "journal.db-wal" => Some(Writing::Wal),
            "journal.db" => Some(Writing::Database),
            _ => None,
        }
    }
}

/// pwrite64, fsync and fdatasync, by the kernel's tables.
fn writing_calls() -> [u32; 3] {
    match std::env::consts::ARCH {
        "x86_64" => [18, 74, 75],
        _ => [68, 82, 83],
    }
}

/// Were frames written behind the WAL's last commit? Then the kill fell between the writes of one transaction.
pub fn torn_tail(journal: &Path) -> bool {
    const HEADER: usize = 32;
    const FRAME: usize = 24;
    let Ok(wal) = std::fs::read(journal.with_extension("db-wal")) else { return false };
    if wal.len() < HEADER {
        return false;
    }
    let word = |at: usize| u32::from_be_bytes(wal[at..at + 4].try_into().expect("four bytes"));
    let page = word(8) as usize;
    let salts = (word(16), word(20));
    let (mut at, mut torn) = (HEADER, false);
    // Frames of an earlier round of the recycled file bear other salts.
    while at + FRAME + page <= wal.len() && (word(at + 8), word(at + 12)) == salts {
        torn = word(at + 4) == 0;
        at += FRAME + page;
    }
    torn
}
