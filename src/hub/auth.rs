//! Who may speak: stations by keys they got for a one-time code, people and integrators by keys from the config. Only
//! hashes are stored.

use rusqlite::{OptionalExtension, params};

use super::{Hub, HubError, Refusal};
use crate::domain::id::StationCode;
use crate::wire::{JoinAnswer, JoinRequest};

/// A join code lives this long, and survives this many wrong tries.
const LIFE_US: i64 = 10 * 60 * 1_000_000;
const TRIES: i64 = 5;
/// No 0, 1, I or O: the code is read aloud across a warehouse.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

impl Hub {
    /// A one-time code with which `station` joins. Without a warehouse it stays where it is, or joins the hub's own. A
    /// station that joined before loses its old key when it is used.
    pub fn invite(
        &self,
        station: &StationCode,
        warehouse: Option<&str>,
        secret: [u8; 10],
        now_us: i64,
    ) -> Result<String, HubError> {
        let code = letters(&secret);
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO stations (code, warehouse) VALUES (?1, coalesce(?2, ?3))
                 ON CONFLICT (code) DO UPDATE SET warehouse = coalesce(?2, warehouse)",
                params![station.as_str(), warehouse, self.policy().warehouse],
            )?;
            transaction.execute(
                "INSERT INTO join_codes (station, code_hash, expires_us, tries) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (station) DO UPDATE
                 SET code_hash = excluded.code_hash, expires_us = excluded.expires_us, tries = excluded.tries",
                params![station.as_str(), digest(&code), now_us + LIFE_US, TRIES],
            )?;
            // Its machine may be another from now on; what is there asks for its names again.
            super::certificates::forget(transaction, station)
        })?;
        Ok(code)
    }

    /// Trades a code for the station's own key; `key` is fresh randomness.
    pub fn join(&self, request: &JoinRequest, key: &str, now_us: i64) -> Result<JoinAnswer, HubError> {
        let refused = || {
            let detail = format!(
                "the join code of station {} is wrong, used or older than 10 minutes: make a new one with `milepost hub invite`",
                request.station
            );
            HubError::from(Refusal::new(403, "Join refused", detail))
        };
        let valid = self.write(|transaction| {
            let found: Option<(String, i64, i64)> = transaction
                .query_row(
                    "UPDATE join_codes SET tries = tries - 1 WHERE station = ?1 RETURNING code_hash, expires_us, tries",
                    [&request.station],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )
                .optional()?;
            let valid = found.is_some_and(|(hash, expires_us, tries)| {
                hash == digest(&request.code.trim().to_uppercase()) && now_us < expires_us && tries >= 0
            });
            if valid {
                transaction.execute("DELETE FROM join_codes WHERE station = ?1", [&request.station])?;
                transaction.execute(
                    "UPDATE stations SET key_hash = ?2 WHERE code = ?1",
                    params![request.station, digest(key)],
                )?;
            }
            Ok(valid)
        })?;
        if !valid {
            return Err(refused());
        }
        Ok(JoinAnswer { key: key.to_owned(), hub_epoch: self.epoch().to_owned() })
    }

    /// Is `key` the station's own?
    pub fn is_station(&self, station: &StationCode, key: &str) -> Result<bool, HubError> {
        self.read(|connection| {
            let known: Option<Option<String>> = connection
                .query_row("SELECT key_hash FROM stations WHERE code = ?1", [station.as_str()], |row| row.get(0))
                .optional()?;
            Ok(known.flatten().is_some_and(|hash| hash == digest(key)))
        })
    }
}

/// Randomness as base32, so that it can be read aloud and printed as a barcode.
pub(super) fn letters(secret: &[u8]) -> String {
    secret.iter().map(|byte| LETTERS[usize::from(byte % 32)] as char).collect()
}

/// What is stored in place of a secret. Keys are 128 random bits and more, so a plain fast hash is enough.
pub(super) fn digest(secret: &str) -> String {
    blake3::hash(secret.as_bytes()).to_hex().to_string()
}
