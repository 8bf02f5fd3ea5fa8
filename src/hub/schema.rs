//! The hub's tables, as forward-only migrations by `PRAGMA user_version`, one transaction each.

use rusqlite::Connection;

const MIGRATIONS: &[&str] = &[
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE stations (
         code TEXT PRIMARY KEY, warehouse TEXT NOT NULL, key_hash TEXT, seen_us INTEGER, clock_error_us INTEGER,
         pending INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
     CREATE TABLE join_codes (
         station TEXT PRIMARY KEY, code_hash TEXT NOT NULL, expires_us INTEGER NOT NULL, tries INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE heads (
         station TEXT NOT NULL, epoch TEXT NOT NULL, ack INTEGER NOT NULL, ack_hash BLOB NOT NULL, highest INTEGER NOT NULL,
         begun_us INTEGER NOT NULL, PRIMARY KEY (station, epoch)) STRICT, WITHOUT ROWID;
     CREATE TABLE entries (
         feed INTEGER PRIMARY KEY, station TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, event_id TEXT NOT NULL,
         kind TEXT NOT NULL, parcel_id TEXT, wall_us INTEGER NOT NULL, zone TEXT NOT NULL, boot_id TEXT NOT NULL,
         boottime_ns INTEGER NOT NULL, clock_state TEXT NOT NULL, offset_us INTEGER, error_us INTEGER, operator TEXT,
         device TEXT, body TEXT NOT NULL, prev_hash BLOB NOT NULL, hash BLOB NOT NULL,
         occurred_us INTEGER NOT NULL, occurred_error_us INTEGER, received_us INTEGER NOT NULL, problem TEXT) STRICT;
     CREATE UNIQUE INDEX entries_place ON entries (station, epoch, seq);
     CREATE INDEX entries_parcel ON entries (parcel_id);
     CREATE INDEX entries_undated ON entries (station, boot_id) WHERE occurred_error_us IS NULL;
     CREATE TABLE entry_orders (order_no TEXT NOT NULL, feed INTEGER NOT NULL, PRIMARY KEY (order_no, feed)) STRICT, WITHOUT ROWID;
     CREATE TABLE forks (
         station TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, entry TEXT NOT NULL,
         seen_us INTEGER NOT NULL, PRIMARY KEY (station, epoch, seq, hash)) STRICT, WITHOUT ROWID;
     CREATE TABLE anchors (
         station TEXT NOT NULL, boot_id TEXT NOT NULL, boottime_ns INTEGER NOT NULL, hub_us INTEGER NOT NULL,
         error_us INTEGER NOT NULL, PRIMARY KEY (station, boot_id)) STRICT, WITHOUT ROWID;
     CREATE TABLE items (sku TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE orders (
         order_no TEXT PRIMARY KEY, channel TEXT NOT NULL, warehouse TEXT NOT NULL, standing TEXT NOT NULL, body TEXT NOT NULL,
         paid_us INTEGER NOT NULL, allocated_us INTEGER NOT NULL, milestone TEXT NOT NULL, milestone_us INTEGER NOT NULL) STRICT;
     CREATE INDEX orders_recent ON orders (milestone_us);
     CREATE TABLE order_events (
         order_no TEXT NOT NULL, at_us INTEGER NOT NULL, milestone TEXT NOT NULL, reason TEXT NOT NULL,
         PRIMARY KEY (order_no, at_us, milestone)) STRICT, WITHOUT ROWID;
     CREATE TABLE parcels (parcel_id TEXT PRIMARY KEY, merge_key TEXT, wave TEXT, touched INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL) STRICT;
     CREATE INDEX parcels_merge ON parcels (merge_key) WHERE merge_key IS NOT NULL;
     CREATE TABLE parcel_orders (order_no TEXT NOT NULL, parcel_id TEXT NOT NULL, PRIMARY KEY (order_no, parcel_id)) STRICT, WITHOUT ROWID;
     CREATE TABLE aliases (
         alias TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (alias, kind, key)) STRICT, WITHOUT ROWID;
     CREATE TABLE numbers (number TEXT NOT NULL, parcel_id TEXT NOT NULL, PRIMARY KEY (number, parcel_id)) STRICT, WITHOUT ROWID;
     CREATE TABLE waves (code TEXT PRIMARY KEY, released_us INTEGER NOT NULL, station TEXT NOT NULL, parcels INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE operators (badge TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE down (
         cursor INTEGER PRIMARY KEY AUTOINCREMENT, warehouse TEXT NOT NULL, origin TEXT NOT NULL, kind TEXT NOT NULL,
         key TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
     CREATE UNIQUE INDEX down_document ON down (kind, key);
     CREATE TABLE exceptions (
         kind TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, since_us INTEGER NOT NULL,
         PRIMARY KEY (kind, subject)) STRICT, WITHOUT ROWID;
     CREATE TABLE idempotency (key TEXT PRIMARY KEY, body_hash TEXT NOT NULL, answer TEXT NOT NULL, at_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
    "ALTER TABLE orders ADD COLUMN held_us INTEGER;
     CREATE INDEX orders_held ON orders (held_us) WHERE held_us IS NOT NULL;",
    // Who decided the parcel's carrier, and what each would have cost.
    "ALTER TABLE parcels ADD COLUMN choice TEXT;",
    "CREATE TABLE scans (
         carrier TEXT NOT NULL, number TEXT NOT NULL, code TEXT NOT NULL, at_us INTEGER NOT NULL, text_hash TEXT NOT NULL,
         body TEXT NOT NULL, received_us INTEGER NOT NULL, PRIMARY KEY (carrier, number, code, at_us, text_hash)) STRICT, WITHOUT ROWID;
     CREATE TABLE journeys (
         parcel_id TEXT NOT NULL, number TEXT NOT NULL, carrier TEXT NOT NULL, phase TEXT NOT NULL, news_us INTEGER,
         body TEXT NOT NULL, asked_us INTEGER NOT NULL DEFAULT 0, subscribe_us INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (parcel_id, number)) STRICT, WITHOUT ROWID;
     CREATE INDEX journeys_open ON journeys (carrier, phase, news_us) WHERE phase NOT IN ('delivered', 'returned');
     CREATE INDEX journeys_unsubscribed ON journeys (carrier, subscribe_us, news_us) WHERE phase NOT IN ('delivered', 'returned');
     CREATE INDEX journeys_asked ON journeys (carrier, asked_us, news_us) WHERE phase NOT IN ('delivered', 'returned');",
    // On whose account a parcel travels: that one is asked about it.
    "ALTER TABLE journeys ADD COLUMN account TEXT NOT NULL DEFAULT '';
     UPDATE journeys SET account = carrier;
     DROP INDEX journeys_open; DROP INDEX journeys_unsubscribed; DROP INDEX journeys_asked;
     CREATE INDEX journeys_open ON journeys (account, phase, news_us) WHERE phase NOT IN ('delivered', 'returned');
     CREATE INDEX journeys_unsubscribed ON journeys (account, subscribe_us, news_us) WHERE phase NOT IN ('delivered', 'returned');
     CREATE INDEX journeys_asked ON journeys (account, asked_us, news_us) WHERE phase NOT IN ('delivered', 'returned');",
    // Routing rules somebody published: `before` is the version that a revert goes back to, a body of null the config's file.
    "CREATE TABLE routing_versions (
         version INTEGER PRIMARY KEY, before INTEGER NOT NULL, hash TEXT NOT NULL, body TEXT, by TEXT NOT NULL,
         at_us INTEGER NOT NULL, back_to INTEGER) STRICT;
     CREATE TABLE routing_previews (
         hash TEXT NOT NULL, over TEXT NOT NULL, by TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (hash, over)) STRICT, WITHOUT ROWID;
     CREATE INDEX orders_came ON orders (allocated_us);",
    // Numbers for outages. Once a station has one it is that station's for ever; `past` is the history it was put in by.
    "CREATE TABLE pool_numbers (
         number TEXT PRIMARY KEY, account TEXT NOT NULL, expires_on TEXT NOT NULL, source TEXT NOT NULL, past TEXT NOT NULL,
         station TEXT, block INTEGER) STRICT, WITHOUT ROWID;
     CREATE INDEX pool_free ON pool_numbers (account, expires_on) WHERE station IS NULL;
     CREATE INDEX pool_lent ON pool_numbers (block) WHERE block IS NOT NULL;
     CREATE INDEX pool_accounts ON pool_numbers (account);
     CREATE TABLE pool_blocks (
         block INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, station TEXT NOT NULL, epoch TEXT NOT NULL,
         at_us INTEGER NOT NULL, kept INTEGER NOT NULL DEFAULT 0) STRICT;
     CREATE INDEX pool_unkept ON pool_blocks (account, station, epoch) WHERE kept = 0;",
    // Parcels of item-first waves by the goods they need, and to whom each was lent.
    "CREATE TABLE singles (
         parcel_id TEXT PRIMARY KEY, warehouse TEXT NOT NULL, sku TEXT NOT NULL, due_us INTEGER NOT NULL, wave TEXT NOT NULL,
         lent INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
     CREATE INDEX singles_free ON singles (warehouse, sku, due_us) WHERE lent = 0;
     CREATE INDEX singles_of_wave ON singles (wave);
     CREATE TABLE loans (
         parcel_id TEXT NOT NULL, station TEXT NOT NULL, lent_us INTEGER NOT NULL, ended_us INTEGER, how TEXT,
         PRIMARY KEY (parcel_id, lent_us)) STRICT, WITHOUT ROWID;",
    // Order files that were imported, those that are still to be moved, and how far reports told of shipped orders.
    "CREATE TABLE files (hash TEXT PRIMARY KEY, orders INTEGER NOT NULL, at_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE file_moves (
         folder TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, inside TEXT NOT NULL, target TEXT NOT NULL,
         beside TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (folder, name)) STRICT, WITHOUT ROWID;
     CREATE TABLE reports (name TEXT PRIMARY KEY, told INTEGER NOT NULL, upto INTEGER) STRICT, WITHOUT ROWID;",
    // What which driver took along.
    "CREATE TABLE handovers (
         id TEXT PRIMARY KEY, station TEXT NOT NULL, handover TEXT NOT NULL, carrier TEXT, plate TEXT, at_us INTEGER NOT NULL,
         opened_us INTEGER, closed_us INTEGER, counted INTEGER) STRICT, WITHOUT ROWID;
     CREATE INDEX handovers_at ON handovers (at_us);
     CREATE TABLE handed_over (
         id TEXT NOT NULL, number TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (id, number)) STRICT, WITHOUT ROWID;",
    // Orders that came by Qimen, what their ERPs are told of them, and the goods that they say will come back.
    "CREATE TABLE qimen_orders (
         order_no TEXT PRIMARY KEY, customer TEXT NOT NULL, order_type TEXT NOT NULL, warehouse TEXT NOT NULL, owner TEXT,
         came_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE qimen_messages (
         id INTEGER PRIMARY KEY AUTOINCREMENT, order_no TEXT NOT NULL, customer TEXT NOT NULL, method TEXT NOT NULL,
         key TEXT NOT NULL, body TEXT NOT NULL, due_us INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
         state TEXT NOT NULL DEFAULT 'waiting', UNIQUE (order_no, key)) STRICT;
     CREATE INDEX qimen_waiting ON qimen_messages (order_no, id) WHERE state = 'waiting';
     CREATE INDEX qimen_refused ON qimen_messages (order_no) WHERE state = 'refused';
     CREATE TABLE returns_expected (
         customer TEXT NOT NULL, return_no TEXT NOT NULL, body TEXT NOT NULL, came_us INTEGER NOT NULL, cancelled_us INTEGER,
         PRIMARY KEY (customer, return_no)) STRICT, WITHOUT ROWID;",
    // How far each parcel is, in the bits of `progress`, and when it was done; what a wave is for; which plan released which wave.
    "ALTER TABLE parcels ADD COLUMN carrier TEXT NOT NULL DEFAULT '';
     ALTER TABLE parcels ADD COLUMN warehouse TEXT NOT NULL DEFAULT '';
     ALTER TABLE parcels ADD COLUMN steps INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE parcels ADD COLUMN done_us INTEGER;
     UPDATE parcels SET carrier = json_extract(body, '$.carrier'), warehouse = json_extract(body, '$.warehouse'),
         done_us = (SELECT min(e.occurred_us) FROM entries e WHERE e.parcel_id = parcels.parcel_id AND e.problem IS NULL
             AND e.kind IN ('parcel_packed', 'parcel_shipped')),
         steps = (json_extract(body, '$.supplied') IS NOT NULL) | coalesce((SELECT
             max(e.kind = 'waybill_issued' AND e.body NOT LIKE '%\"origin\":\"temporary\"%')
             + 2 * max(e.kind = 'label_settled' AND (e.body LIKE '%\"outcome\":\"accepted\"%' OR e.body LIKE '%\"outcome\":\"confirmed\"%'))
             + 4 * max(e.kind IN ('parcel_opened', 'check_completed', 'parcel_packed', 'parcel_shipped'))
             + 8 * max(e.kind IN ('check_completed', 'parcel_packed', 'parcel_shipped'))
             + 16 * max(e.kind IN ('parcel_packed', 'parcel_shipped'))
             + 32 * max(e.kind = 'parcel_shipped')
             FROM entries e WHERE e.parcel_id = parcels.parcel_id AND e.problem IS NULL), 0);
     UPDATE parcels SET steps = steps | 64 WHERE parcel_id IN (SELECT parcel_id FROM parcel_orders JOIN orders USING (order_no)
         GROUP BY parcel_id HAVING min(json_extract(standing, '$.state') = 'cancelled') = 1);
     CREATE INDEX parcels_of_wave ON parcels (wave, steps) WHERE wave IS NOT NULL;
     CREATE INDEX parcels_to_go ON parcels (carrier, warehouse, wave, steps) WHERE wave IS NOT NULL AND steps & 112 = 0;
     CREATE INDEX parcels_done ON parcels (carrier, warehouse, done_us) WHERE done_us IS NOT NULL;
     CREATE INDEX orders_waiting ON orders (warehouse, channel) WHERE milestone IN ('paid', 'allocated', 'held');
     ALTER TABLE waves ADD COLUMN flow TEXT NOT NULL DEFAULT 'waybill_first';
     ALTER TABLE waves ADD COLUMN carrier TEXT;
     ALTER TABLE waves ADD COLUMN zone TEXT;
     ALTER TABLE waves ADD COLUMN cutoff_us INTEGER;
     ALTER TABLE waves ADD COLUMN plan TEXT;
     UPDATE waves SET flow = 'item_first' WHERE code IN (SELECT wave FROM singles);
     CREATE INDEX waves_released ON waves (released_us);
     CREATE TABLE releases (
         plan TEXT NOT NULL, carrier TEXT NOT NULL, warehouse TEXT NOT NULL, cutoff_us INTEGER NOT NULL, at_us INTEGER NOT NULL,
         wave TEXT, PRIMARY KEY (plan, carrier, warehouse, cutoff_us)) STRICT, WITHOUT ROWID;",
    // How stations' devices are, and what a shift lead sums up of a shift.
    "ALTER TABLE stations ADD COLUMN devices TEXT NOT NULL DEFAULT '[]';
     CREATE INDEX entries_shift ON entries (occurred_us)
         WHERE kind IN ('parcel_packed', 'parcel_shipped', 'scan_stopped', 'label_queued', 'parcel_set_aside');",
    // Codes on goods that leads taught.
    "CREATE TABLE taught (code TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;",
    // What came back, and what tells of it; `ours` is the warehouse that an announced return goes to.
    "ALTER TABLE returns_expected ADD COLUMN ours TEXT NOT NULL DEFAULT '';
     CREATE INDEX returns_expected_no ON returns_expected (return_no);
     CREATE TABLE returns (
         return_no TEXT PRIMARY KEY, warehouse TEXT NOT NULL, arrived_us INTEGER NOT NULL, inspected_us INTEGER,
         settled_us INTEGER) STRICT, WITHOUT ROWID;
     CREATE INDEX returns_arrived ON returns (arrived_us);
     CREATE TABLE return_entries (return_no TEXT NOT NULL, feed INTEGER NOT NULL, PRIMARY KEY (return_no, feed)) STRICT, WITHOUT ROWID;
     CREATE TABLE return_photos (
         return_no TEXT NOT NULL, hash TEXT NOT NULL, kind TEXT NOT NULL, bytes INTEGER NOT NULL, at_us INTEGER NOT NULL,
         PRIMARY KEY (return_no, hash)) STRICT, WITHOUT ROWID;",
    // Leads who are logged in at the pages, and what they did there.
    "CREATE TABLE people (secret_hash TEXT PRIMARY KEY, badge TEXT NOT NULL, begun_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE page_acts (at_us INTEGER NOT NULL, operator TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL) STRICT;",
    // What items' weights are learnt from.
    "CREATE INDEX entries_weighed ON entries (occurred_us) WHERE kind = 'parcel_weighed';",
    // An ERP's orders of which it may have to hear though no station told anything.
    "ALTER TABLE qimen_orders ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
     CREATE INDEX qimen_changed ON qimen_orders (order_no) WHERE changed = 1;",
    // What is packed and hasn't left.
    "CREATE INDEX parcels_packed ON parcels (carrier, warehouse, done_us, steps) WHERE steps & 112 = 16;
     CREATE INDEX parcel_orders_of ON parcel_orders (parcel_id);",
    // Whose certificate has which name; addresses are a warehouse's, names everybody's.
    "CREATE TABLE certified_names (
         scope TEXT NOT NULL, name TEXT NOT NULL, station TEXT NOT NULL, until_us INTEGER NOT NULL,
         PRIMARY KEY (scope, name)) STRICT, WITHOUT ROWID;",
];

pub fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (version, migration) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", (version + 1) as i64)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store of the version before, with two parcels of a wave and one that waits: what their entries tell is told of them now.
    #[test]
    fn parcels_of_an_older_store_are_as_far_as_their_entries_say() {
        let mut store = Connection::open_in_memory().expect("a store");
        let before = MIGRATIONS.iter().position(|migration| migration.contains("ADD COLUMN steps")).expect("it is one");
        for migration in &MIGRATIONS[..before] {
            store.execute_batch(migration).expect("its tables");
        }
        store.pragma_update(None, "user_version", before as i64).expect("its version");
        store
            .execute_batch(
                r#"INSERT INTO waves (code, released_us, station, parcels) VALUES ('W1', 1, 'SZ-01', 2);
                 INSERT INTO singles (parcel_id, warehouse, sku, due_us, wave) VALUES ('p1', 'SZ', 'T01', 1, 'W1');
                 INSERT INTO parcels (parcel_id, wave, body) VALUES
                     ('p1', 'W1', '{"carrier":"zto","warehouse":"SZ"}'), ('p2', 'W1', '{"carrier":"sf","warehouse":"HZ","supplied":{}}'),
                     ('p3', NULL, '{"carrier":"jd","warehouse":"SZ"}');
                 INSERT INTO orders (order_no, channel, warehouse, standing, body, paid_us, allocated_us, milestone, milestone_us)
                     VALUES ('3', 'tmall', 'SZ', '{"state":"cancelled","reason":"refund"}', '{}', 1, 1, 'cancelled', 1);
                 INSERT INTO parcel_orders (order_no, parcel_id) VALUES ('3', 'p3');"#,
            )
            .expect("rows");
        let mut seq = 0;
        let mut tell = |parcel: &str, kind: &str, body: &str| {
            seq += 1;
            let row = rusqlite::params![seq, parcel, kind, body, 1_000 + seq];
            store
                .execute(
                    "INSERT INTO entries (station, epoch, seq, event_id, kind, parcel_id, wall_us, zone, boot_id, boottime_ns, clock_state,
                         body, prev_hash, hash, occurred_us, received_us)
                     VALUES ('SZ-01', 'e', ?1, '', ?3, ?2, 0, '', '', 0, '', ?4, x'', x'', ?5, 0)",
                    row,
                )
                .expect("an entry");
        };
        tell("p1", "waybill_issued", r#"{"number":"1","origin":"direct"}"#);
        tell("p1", "label_settled", r#"{"outcome":"confirmed"}"#);
        tell("p1", "parcel_opened", "{}");
        tell("p1", "parcel_packed", "{}");
        tell("p2", "label_settled", r#"{"outcome":"refused"}"#);
        tell("p3", "waybill_issued", r#"{"number":"TMP-1","origin":"temporary"}"#);
        migrate(&mut store).expect("it is taken over");
        let mut found = store
            .prepare("SELECT parcel_id, carrier, warehouse, steps, done_us FROM parcels ORDER BY parcel_id")
            .expect("a question");
        let row = |row: &rusqlite::Row<'_>| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        };
        let found: Vec<(String, String, String, u32, Option<i64>)> =
            found.query_map([], row).expect("rows").collect::<Result<_, _>>().expect("rows");
        let parcel = |id: &str, carrier: &str, warehouse: &str, steps, done_us| {
            (id.to_owned(), carrier.to_owned(), warehouse.to_owned(), steps, done_us)
        };
        assert_eq!(
            found,
            [
                parcel("p1", "zto", "SZ", 31, Some(1_004)),
                parcel("p2", "sf", "HZ", 1, None),
                parcel("p3", "jd", "SZ", 64, None)
            ]
        );
        let flow: String = store.query_row("SELECT flow FROM waves", [], |row| row.get(0)).expect("a wave");
        assert_eq!(flow, "item_first");
    }
}
