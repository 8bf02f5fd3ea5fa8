//! Certificates for stations' doors: a station asks for the names that screens call it by, and gets one for those that no
//! other station has. The hub can't see whether a name leads to the station; it keeps whose it is.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router, middleware};
use rusqlite::{OptionalExtension, Transaction, params};

use super::api::{Site, blocking, document, only_its_station};
use super::authority::Authority;
use super::exceptions::{self, Exception};
use super::{Hub, HubError, Refusal};
use crate::domain::id::StationCode;
use crate::wire::certificate::{CertificateAnswer, CertificateRequest, decoded};

const KIND: &str = "certificate_refused";
/// A machine has a few; a certificate with more is nobody's door.
const MOST_NAMES: usize = 20;
/// 4, and both coordinates of a point of P-256.
const POINT_BYTES: usize = 65;

pub(super) fn router(site: &Site) -> Router<Site> {
    Router::new()
        .route("/v1/certificates/{station}", post(certify))
        .route_layer(middleware::from_fn_with_state(site.clone(), only_its_station))
}

async fn certify(State(site): State<Site>, Path(station): Path<String>, body: Bytes) -> Result<Response, HubError> {
    let request: CertificateRequest = document(&body)?;
    let (hub, authority, now_us) = (site.hub.clone(), site.authority.clone(), (site.now_us)());
    let answer = blocking(move || hub.certify(&authority, &StationCode(station), &request, now_us)).await?;
    Ok(Json(answer).into_response())
}

impl Hub {
    /// What isn't signed is an exception until it is.
    pub fn certify(
        &self,
        authority: &Authority,
        station: &StationCode,
        request: &CertificateRequest,
        now_us: i64,
    ) -> Result<CertificateAnswer, HubError> {
        let refuse = |why: String| HubError::from(Refusal::new(422, "Not certified", why));
        let point = decoded(&request.public_key).filter(|point| point.len() == POINT_BYTES && point[0] == 4);
        let point = point.ok_or_else(|| refuse("`public_key` is no uncompressed point of P-256 in base64".into()))?;
        let names = names(authority, &request.names);
        let claimed = self.write(|transaction| {
            let claimed = match &names {
                Ok(names) => claim(transaction, station, names, now_us)?,
                Err(why) => Err(why.clone()),
            };
            tell(transaction, station, claimed.as_ref().err(), now_us)?;
            Ok(claimed)
        })?;
        claimed.map_err(refuse)?;
        let names = names.map_err(refuse)?;
        match authority.sign(station, &names, point, now_us) {
            Ok(answer) => Ok(answer),
            Err(error) => {
                tracing::error!(%error, "the hub can't sign certificates for stations' doors");
                let why = error.to_string();
                self.write(|transaction| tell(transaction, station, Some(&why), now_us))?;
                Err(Refusal::new(500, "Not certified", why).into())
            }
        }
    }
}

/// The exception, or that there is none any more.
fn tell(
    transaction: &Transaction<'_>,
    station: &StationCode,
    why: Option<&String>,
    now_us: i64,
) -> Result<(), HubError> {
    match why {
        None => exceptions::mended(transaction, station.as_str(), KIND),
        Some(why) => {
            let exception = Exception::CertificateRefused { why: why.clone() };
            exceptions::note(transaction, station.as_str(), &exception, now_us)
        }
    }
}

fn names(authority: &Authority, asked: &[String]) -> Result<Vec<String>, String> {
    let allowed = |name: &String| authority.allowed(name).map_err(|why| format!("no certificate for `{name}`: {why}"));
    let mut names = asked.iter().take(MOST_NAMES + 1).map(allowed).collect::<Result<Vec<String>, String>>()?;
    names.sort();
    names.dedup();
    match names.len() {
        1..=MOST_NAMES => Ok(names),
        count => {
            Err(format!("a certificate has 1 to {MOST_NAMES} names and not {count}: correct `hosts` of the station"))
        }
    }
}

/// Gives the station these names and no others, if nobody else's certificate has one of them.
fn claim(
    transaction: &Transaction<'_>,
    station: &StationCode,
    names: &[String],
    now_us: i64,
) -> Result<Result<(), String>, HubError> {
    let of = |station: &str| -> Result<String, HubError> {
        let warehouse = "SELECT warehouse FROM stations WHERE code = ?1";
        Ok(transaction.query_row(warehouse, [station], |row| row.get(0))?)
    };
    let warehouse = of(station.as_str())?;
    // Two warehouses may use the same private addresses; a name is one machine's everywhere.
    let scope = |name: &str| if is_address(name) { warehouse.as_str() } else { "" }.to_owned();
    for name in names {
        let other: Option<String> = transaction
            .query_row(
                "SELECT station FROM certified_names WHERE scope = ?1 AND name = ?2 AND station <> ?3 AND until_us > ?4",
                params![scope(name), name, station.as_str(), now_us],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(other) = other {
            return Ok(Err(format!(
                "no certificate for `{name}`: station {other} has one; take it out of {other}'s `hosts`, or, if that machine is \
                 gone, run `milepost hub invite {other}`, which ends its claim"
            )));
        }
    }
    forget(transaction, station)?;
    for name in names {
        transaction.execute(
            "INSERT OR REPLACE INTO certified_names (scope, name, station, until_us) VALUES (?1, ?2, ?3, ?4)",
            params![scope(name), name, station.as_str(), Authority::not_after_us(now_us)],
        )?;
    }
    Ok(Ok(()))
}

fn is_address(name: &str) -> bool {
    name.parse::<std::net::IpAddr>().is_ok()
}

/// Its names are anybody's again.
pub(super) fn forget(transaction: &Transaction<'_>, station: &StationCode) -> Result<(), HubError> {
    transaction.execute("DELETE FROM certified_names WHERE station = ?1", [station.as_str()])?;
    Ok(())
}
