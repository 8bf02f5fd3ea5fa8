//! The folder that an ERP reads what was shipped from: each order once, whatever ends when.

use std::path::{Path, PathBuf};

use milepost::hub::report::{Encoding, Format, On, ReportConfig};
use serde_json::json;

use crate::story::shelf::{self, code};
use crate::world::{Scanner, World, eventually, scanner, screen};

/// What the parcels are packed into.
const BOX: &str = "[[material]]\ncode = \"BOX-3\"\nname = \"3号纸箱\"\nweight_g = 120\n";

fn report(folder: PathBuf, on: On) -> ReportConfig {
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    ReportConfig { folder, name, on, every_s: 1, format: Format::Csv, encoding: Encoding::Utf8Bom }
}

/// The files' names with their rows, in the order of their names; one that is still being written is nobody's yet.
fn files(folder: &Path) -> Vec<(String, Vec<String>)> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|ending| ending == "csv")).collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("it is text");
        let rows = text.strip_prefix("\u{feff}").expect("a byte order mark").split("\r\n").map(str::to_owned);
        let rows: Vec<String> = rows.filter(|row| !row.is_empty()).collect();
        assert_eq!(rows[0], "order_no,carrier,number,weight_g,checked_at,packed_at,shipped_at,operator,materials");
        (path.file_name().expect("a name").to_string_lossy().into_owned(), rows[1..].to_vec())
    };
    paths.iter().map(read).collect()
}

fn rows(folder: &Path) -> Vec<String> {
    files(folder).into_iter().flat_map(|(_, rows)| rows).collect()
}

async fn pack(gun: &mut Scanner, station: &milepost::station::serve::Station, order_no: &str, number: &str) {
    eventually("the order to come down", async || gun.scan(order_no).await == "OK 请扫商品，还差 1 件").await;
    assert_eq!(gun.scan(&code("红茶")).await, "OK 正在打印面单");
    screen(station, "bench-1", |screen| screen.key == "stick_and_scan").await;
    assert_eq!(gun.scan(number).await, "OK 完成，顺丰");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shipped_order_is_told_once_whatever_ends_when() {
    let mut folders = [PathBuf::new(), PathBuf::new()];
    let mut world = World::start_with(|config| {
        folders = ["shipped", "packed"].map(|name| config.data_dir.with_file_name(name));
        // One of them is away until later.
        std::fs::create_dir(&folders[0]).expect("the folder is made");
        config.report = vec![report(folders[0].clone(), On::Shipped), report(folders[1].clone(), On::Packed)];
    })
    .await;
    let [shipped, packed] = folders;
    world.post("/v1/items", &json!({ "items": shelf::items() })).await;
    world.post("/v1/operators", &json!({ "operators": shelf::operators() })).await;
    let line = shelf::one("红茶");
    let number = |n: u32| format!("SF{n:013}");
    let orders: Vec<_> =
        (1..=2).map(|n| shelf::order(&format!("1{n:05}"), 1, std::slice::from_ref(&line), Some(&number(n)))).collect();
    world.post("/v1/orders", &json!({ "orders": orders })).await;
    let station =
        world.station("SZ-01", &(world.place("bench-1", "pack") + &world.place("dock-1", "dock") + BOX)).await;
    let (mut gun, mut dock) = (scanner(&station, "bench-1").await, scanner(&station, "dock-1").await);
    eventually("the people to come down", async || gun.scan(&code("badge 李雷")).await.starts_with("OK 李雷，上"))
        .await;
    dock.scan(&code("badge 韩梅梅")).await;

    pack(&mut gun, &station, "100001", &number(1)).await;
    for told in ["包材 3号纸箱 × 1", "包材 3号纸箱 × 1"] {
        assert_eq!(gun.scan(&code("material BOX-3")).await, format!("OK {told}"));
    }
    assert_eq!(gun.scan(&code("UNDO")).await, "OK 已撤销：包材 3号纸箱");
    world.wait_for_milestone("100001", "packed").await;
    eventually("the exception of the folder that is away", async || {
        world.get("/v1/exceptions").await["exceptions"].to_string().contains("folder_away")
    })
    .await;
    std::fs::create_dir(&packed).expect("it is mounted");
    eventually("the packed order to be told", async || rows(&packed).len() == 1).await;
    assert!(rows(&packed)[0].contains(",,li,"), "not shipped yet, and who packed it: {:?}", rows(&packed));
    assert_eq!(files(&shipped), [], "nothing is shipped yet");

    assert_eq!(dock.scan(&number(1)).await, "OK 已出库，第 1 件");
    eventually("the shipped order to be told", async || rows(&shipped).len() == 1).await;
    eventually("and told again to whoever hears of packed ones", async || rows(&packed).len() == 2).await;
    let told = rows(&shipped).remove(0);
    let cells: Vec<&str> = told.split(',').collect();
    assert_eq!((cells[0], cells[1], cells[2], cells[7]), ("100001", "sf", "SF0000000000001", "li"));
    assert_eq!(cells[8], "BOX-3*1", "one was taken back");
    for time in &cells[4..7] {
        jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", time).unwrap_or_else(|error| panic!("{time}: {error}"));
    }
    assert!(cells[4] <= cells[5] && cells[5] <= cells[6], "{told}");

    // A restart repeats nothing, and what was shipped while the hub was away is told after it.
    world.stop_hub().await;
    pack(&mut gun, &station, "100002", &number(2)).await;
    assert_eq!(dock.scan(&number(2)).await, "OK 已出库，第 2 件");
    world.start_hub().await;
    eventually("the second order to be told", async || rows(&shipped).len() == 2).await;
    let before = files(&shipped);
    assert_eq!(before.iter().filter(|(_, rows)| rows[0].starts_with("100001")).count(), 1);

    // As a crash leaves it: the file is there and the store doesn't know; or the stretch is begun and the file isn't there.
    for file_is_there in [true, false] {
        world.stop_hub().await;
        let (last, _) = before.last().expect("a file");
        let cursors: Vec<i64> =
            last.trim_end_matches(".csv").split('-').skip(1).map(|part| part.parse().expect("a number")).collect();
        let store = rusqlite::Connection::open(world.folder.path().join("hub/hub.db")).expect("the store opens");
        store
            .execute("UPDATE reports SET told = ?1, upto = ?2 WHERE name = 'shipped'", (cursors[0] - 1, cursors[1]))
            .expect("the store takes it");
        drop(store);
        if !file_is_there {
            std::fs::remove_file(shipped.join(last)).expect("as if it was never written");
        }
        world.start_hub().await;
        eventually("the file to be there", async || files(&shipped) == before).await;
    }
    station.stop().await.expect("the station ends");
}
