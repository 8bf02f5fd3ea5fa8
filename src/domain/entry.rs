//! An entry: a fact in a journal with its number, its times and its hash. The hash covers what is stored, byte for
//! byte, and the entry before it, so a journal that was changed, cut or forked shows it.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fact::Fact;
use super::id::{OrderNo, ParcelId, StationCode};
use super::stamp::Stamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Dense from 1 within an epoch.
    pub seq: u64,
    pub event_id: Uuid,
    pub kind: String,
    pub parcel_id: Option<ParcelId>,
    pub orders: Vec<OrderNo>,
    pub stamp: Stamp,
    pub operator: Option<String>,
    pub device: Option<String>,
    /// The fact's JSON as it was written; never re-serialised.
    pub body: String,
    pub prev_hash: Hash,
    pub hash: Hash,
}

impl Entry {
    pub fn fact(&self) -> Option<Fact> {
        Fact::from_parts(&self.kind, &self.body)
    }

    /// What `hash` must be: blake3 over the previous hash, then each column in table order and each order number, every
    /// value behind its length (u32, big-endian; `u32::MAX` stands for NULL). Integers are 8 bytes, big-endian.
    pub fn expected_hash(&self) -> Hash {
        let mut chain = Chain(blake3::Hasher::new());
        chain.0.update(&self.prev_hash.0);
        chain.integer(self.seq as i64);
        chain.bytes(self.event_id.as_bytes());
        chain.bytes(self.kind.as_bytes());
        chain.text(self.parcel_id.as_ref().map(ParcelId::as_str));
        chain.integer(self.stamp.wall_us);
        chain.bytes(self.stamp.zone.as_bytes());
        chain.bytes(self.stamp.boot_id.as_bytes());
        chain.integer(self.stamp.boottime_ns);
        chain.bytes(self.stamp.clock.as_str().as_bytes());
        chain.optional(self.stamp.offset_us);
        chain.optional(self.stamp.error_us);
        chain.text(self.operator.as_deref());
        chain.text(self.device.as_deref());
        chain.bytes(self.body.as_bytes());
        for order in &self.orders {
            chain.bytes(order.as_str().as_bytes());
        }
        Hash(*chain.0.finalize().as_bytes())
    }
}

struct Chain(blake3::Hasher);

impl Chain {
    fn bytes(&mut self, bytes: &[u8]) {
        let length = u32::try_from(bytes.len()).expect("a column is far below 4 GiB");
        self.0.update(&length.to_be_bytes()).update(bytes);
    }

    fn text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.bytes(text.as_bytes()),
            None => self.null(),
        }
    }

    fn integer(&mut self, value: i64) {
        self.bytes(&value.to_be_bytes());
    }

    fn optional(&mut self, value: Option<i64>) {
        match value {
            Some(value) => self.integer(value),
            None => self.null(),
        }
    }

    fn null(&mut self) {
        self.0.update(&u32::MAX.to_be_bytes());
    }
}

/// A blake3 hash; hexadecimal where people or JSON see it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Where a chain starts: what stands as the previous hash of an epoch's entry 1.
    pub fn start(station: &StationCode, epoch: &str) -> Hash {
        let mut chain = Chain(blake3::Hasher::new());
        chain.bytes(station.as_str().as_bytes());
        chain.bytes(epoch.as_bytes());
        Hash(*chain.0.finalize().as_bytes())
    }

    pub fn from_slice(bytes: &[u8]) -> Option<Hash> {
        bytes.try_into().ok().map(Hash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(blake3::Hash::from_bytes(self.0).to_hex().as_str())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        blake3::Hash::from_hex(&text).map(|hash| Hash(*hash.as_bytes())).map_err(serde::de::Error::custom)
    }
}
