//! A journal whose disk fails it: what the operator reads, and that what was answered with OK is there afterwards.

use std::path::{Path, PathBuf};
use std::process::Command;

use milepost::journal::Reader;
use rusqlite::Connection;
use serde_json::json;

use crate::process::{Process, Starting};
use crate::story::script::Line;
use crate::story::shelf::{self, code};
use crate::world::{Scanner, World, eventually};

const PARCELS: u32 = 3;

/// A packer's station on a journal at `data_dir`; parcel n has the label `SF…n` and many pieces.
async fn site(data_dir: Option<&Path>) -> (World, PathBuf) {
    let world = World::start().await;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let line = Line { goods: "红茶".into(), quantity: 5_000, gift: false, refunded: false };
    let order = |n: u32| shelf::order(&format!("100{n}"), 1, std::slice::from_ref(&line), Some(&format!("SF{n:013}")));
    world.post("/v1/orders", &json!({ "orders": (1..=PARCELS).map(order).collect::<Vec<_>>() })).await;
    let config = world.config("SZ-01", &world.place("bench-1", "pack")).await;
    if let Some(data_dir) = data_dir {
        let text = std::fs::read_to_string(&config).expect("the config");
        let own = format!("data_dir = \"{}/SZ-01\"", world.folder.path().display());
        let other = format!("data_dir = \"{}\"", data_dir.display());
        std::fs::write(&config, text.replace(&own, &other)).expect("the config is written");
    }
    (world, config)
}

async fn working(config: &Path, journal: &Path) -> (Process, Scanner) {
    let process = Process::start(config, 1).await;
    let mut gun = Scanner::connect(process.scanners["gun-bench-1"]).await;
    let reader = Reader::open(journal).expect("a reader");
    eventually("everything to come down", async || {
        let there = |kind| reader.documents(kind).expect("rows").len();
        there("parcel") == PARCELS as usize && there("operator") == shelf::operators().len()
    })
    .await;
    if gun.scan("SF0000000000001").await == "STOP 请先刷工牌" {
        assert_eq!(gun.scan(&code("badge 李雷")).await, "OK 李雷，上岗");
        assert!(gun.scan("SF0000000000001").await.starts_with("OK 请扫商品"));
    }
    (process, gun)
}

fn pieces(journal: &Path) -> usize {
    let entries = Reader::open(journal).expect("a reader").entries(1, 0, 100_000).expect("entries");
    entries.iter().filter(|entry| entry.kind == "item_checked").count()
}

fn verified(journal: &Path) {
    let reader = Reader::open(journal).expect("a reader");
    assert_eq!(reader.verify(1).expect("a walk").broken, []);
    assert_eq!(milepost::station::replay::compare(&reader).expect("a replay"), Vec::<String>::new());
}

/// What is said at the end, in short: folders differ.
fn said(world: &World, words: &str) -> String {
    let last = words.lines().last().expect("it says why");
    last.replace(&world.folder.path().display().to_string(), "FOLDER")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_journal() {
    let (world, config) = site(None).await;
    let journal = world.folder.path().join("SZ-01/journal.db");
    let (process, mut gun) = working(&config, &journal).await;
    for _ in 0..20 {
        assert!(gun.scan(&code("红茶")).await.starts_with("OK 红茶"));
    }
    process.end().await;
    // What a WAL still holds would heal it.
    let moved = Connection::open(&journal).expect("the file").pragma_query(None, "wal_checkpoint", |_| Ok(()));
    moved.expect("all of it is in the file");
    let _ = std::fs::remove_file(journal.with_extension("db-wal"));
    let whole = std::fs::metadata(&journal).expect("a file").len();
    let file = std::fs::OpenOptions::new().write(true).open(&journal).expect("the file");
    file.set_len(whole / 2).expect("half of it");
    let (process, mut gun) = working(&config, &journal).await;
    assert!(gun.scan(&code("红茶")).await.contains("红茶"), "the packer goes on");
    process.end().await;
    let mut names = std::fs::read_dir(journal.parent().expect("a folder")).expect("the folder");
    let aside = names.find_map(|name| {
        let path = name.expect("a name").path();
        let name = path.to_string_lossy().into_owned();
        (name.contains("journal-damaged-") && name.ends_with(".db")).then_some(path)
    });
    let aside = std::fs::metadata(aside.expect("the damaged file is kept")).expect("a file");
    assert_eq!(aside.len(), whole / 2, "what is left of it is untouched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_may_not_be_written() {
    let (world, config) = site(None).await;
    let folder = world.folder.path().join("SZ-01");
    let journal = folder.join("journal.db");
    let (process, _gun) = working(&config, &journal).await;
    process.end().await;
    let before = std::fs::read(&journal).expect("the file");
    let mount = ReadOnly::over(&folder);
    insta::assert_snapshot!(said(&world, &Starting::station(&config, 1).failed().await), @"milepost: open the journal of station SZ-01: the journal FOLDER/SZ-01/journal.db can't be opened: make its folder writable for the user milepost runs as: Read-only file system (os error 30)");
    drop(mount);
    assert_eq!(std::fs::read(&journal).expect("the file"), before, "it is as it was");
    let (process, _gun) = working(&config, &journal).await;
    process.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk() {
    let disk = Small::disk("7m");
    let (_world, config) = site(Some(disk.0.path())).await;
    let journal = disk.0.path().join("journal.db");
    let (process, mut gun) = working(&config, &journal).await;
    let ballast = disk.0.path().join("ballast");
    // It takes whatever is left, down to the last page.
    let filled =
        Command::new("dd").arg("if=/dev/zero").arg(format!("of={}", ballast.display())).arg("bs=4096").output();
    filled.expect("dd runs");
    let mut counted = 0;
    let refused = loop {
        let heard = gun.scan(&code("红茶")).await;
        match heard.starts_with("OK 红茶") {
            true => counted += 1,
            false => break heard,
        }
        assert!(counted < 4_000, "the disk never gets full");
    };
    insta::assert_snapshot!(refused, @"STOP 没有存上：再扫一次");
    assert_eq!(pieces(&journal), counted, "every piece that was answered is there, and none that wasn't");
    std::fs::remove_file(&ballast).expect("room is made");
    eventually("the bench to go on", async || gun.scan(&code("红茶")).await.starts_with("OK 红茶")).await;
    assert_eq!(pieces(&journal), counted + 1);
    process.kill().await;
    verified(&journal);
}

/// A file system of a few megabytes, gone with this.
struct Small(tempfile::TempDir);

impl Small {
    fn disk(size: &str) -> Small {
        let folder = tempfile::TempDir::new().expect("a folder");
        let size = format!("size={size}");
        mount(&["-t", "tmpfs", "-o", &size, "tmpfs", &folder.path().display().to_string()]);
        Small(folder)
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Lazily: what still has a file open keeps it.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// A folder that nobody may write to, not even root, as long as this lives.
struct ReadOnly(PathBuf);

impl ReadOnly {
    fn over(folder: &Path) -> ReadOnly {
        let path = folder.display().to_string();
        mount(&["--bind", &path, &path]);
        mount(&["-o", "remount,bind,ro", &path]);
        ReadOnly(folder.to_owned())
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn mount(arguments: &[&str]) {
    let done = Command::new("mount").args(arguments).output().expect("mount is installed");
    let why = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "this test mounts a small disk of its own and must run as root: {why}");
}
