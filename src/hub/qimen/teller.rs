//! Tells ERPs what their orders came to. What is to be told stands in the store before it is sent and leaves it with an answer; an
//! order's messages go one after another, and those of others don't wait for them. One that is refused is an exception, and told
//! again when somebody says so; while nobody answers it is tried ever more rarely.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use rusqlite::params;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::config::Partner;
use super::message;
use super::sign::{Parameters, sign};
use crate::carrier::HttpRequest;
use crate::carrier::http::{self, Sent};
use crate::hub::api::blocking;
use crate::hub::exceptions::{self, Exception};
use crate::hub::{Hub, HubError};
use crate::intake::qimen;

/// Orders that are told of at a time; platforms limit the rate.
const AT_ONCE: i64 = 8;
const FIRST_AGAIN: Duration = Duration::from_millis(500);
const LAST_AGAIN: Duration = Duration::from_secs(300);
/// After so many tries of one message somebody should know.
const TRIES_TO_SAY: u32 = 5;
/// Without news from stations the store is looked at again after this, for messages that wait for their time.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Of an answer's text an exception shows so much.
const LONGEST_WHY: usize = 200;

/// Whom everything goes to, as exceptions name it.
const SUBJECT: &str = "qimen";

/// A message that is due.
#[derive(Clone, Debug)]
struct Due {
    id: i64,
    order_no: String,
    customer: String,
    method: String,
    body: String,
    tries: u32,
}

/// What became of one.
enum Told {
    Taken,
    Refused {
        code: String,
        message: String,
    },
    /// Whether it came is not known: it is sent again.
    Unanswered(String),
}

/// Sends what waits until the hub ends.
pub(in crate::hub) struct Teller {
    hub: Hub,
    partner: Arc<Partner>,
    endpoint: String,
    now_us: fn() -> i64,
    client: reqwest::Client,
}

impl Teller {
    /// None where nobody is to be told.
    pub fn new(hub: Hub, partner: Arc<Partner>, now_us: fn() -> i64) -> anyhow::Result<Option<Teller>> {
        let Some(endpoint) = partner.config.endpoint.clone() else { return Ok(None) };
        hub.begin_telling()?;
        let client = http::client(http::CONNECT, http::READ).context(
            "set up HTTPS for `endpoint` of [qimen]: without CA certificates install them (Debian: ca-certificates)",
        )?;
        Ok(Some(Teller { hub, partner, endpoint, now_us, client }))
    }

    pub async fn run(self, mut closing: watch::Receiver<bool>) {
        let mut changes = self.hub.changes();
        while !*closing.borrow() {
            changes.mark_unchanged();
            let turn = tokio::select! {
                turn = self.turn() => turn,
                _ = closing.changed() => return,
            };
            let busy = turn.unwrap_or_else(|error| {
                tracing::error!(%error, "the hub can't look for what ERPs are to be told");
                false
            });
            if busy {
                continue;
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                _ = closing.changed() => return,
            }
        }
    }

    /// Whether there was something to do.
    async fn turn(&self) -> Result<bool, HubError> {
        let (hub, partner, now_us) = (self.hub.clone(), self.partner.clone(), (self.now_us)());
        let (more, due) =
            blocking(move || Ok((hub.queue_messages(&partner, now_us)?, hub.due_messages(now_us)?))).await?;
        let busy = more || !due.is_empty();
        let mut sending = JoinSet::new();
        for due in due {
            let request = self.request(&due);
            let client = self.client.clone();
            sending.spawn(async move {
                let told = told(http::send(&client, &request).await);
                (due, told)
            });
        }
        while let Some(sent) = sending.join_next().await {
            // A panic in one loses nothing: it is still in the store.
            let Ok((due, told)) = sent else { continue };
            let (hub, now_us) = (self.hub.clone(), (self.now_us)());
            blocking(move || hub.settle_message(&due, &told, now_us)).await?;
        }
        Ok(busy)
    }

    fn request(&self, due: &Due) -> HttpRequest {
        let form = &self.partner.form;
        let mut parameters = Parameters::new();
        for (name, value) in [
            ("method", format!("{}{}", form.method_prefix, due.method)),
            ("timestamp", message::time((self.now_us)(), form)),
            ("format", "xml".to_owned()),
            ("app_key", self.partner.config.app_key.clone()),
            ("v", form.version.clone()),
            ("sign_method", "md5".to_owned()),
            ("customerId", due.customer.clone()),
        ] {
            parameters.insert(name.to_owned(), value);
        }
        let signature = sign(&parameters, due.body.as_bytes(), self.partner.secret.expose());
        parameters.insert("sign".to_owned(), signature);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
        let joint = if self.endpoint.contains('?') { '&' } else { '?' };
        HttpRequest {
            method: "POST".to_owned(),
            url: format!("{}{joint}{query}", self.endpoint),
            headers: vec![("content-type".into(), "text/xml;charset=utf-8".into())],
            body: due.body.clone(),
        }
    }
}

/// Only a whole answer with a flag says anything: a portal's page is none.
fn told(sent: Sent) -> Told {
    let body = match sent {
        Sent::Answer { status: 200, body } => body,
        Sent::Answer { status, .. } => return Told::Unanswered(format!("HTTP status {status}")),
        Sent::NothingSent(why) | Sent::Unknown(why) => return Told::Unanswered(why),
    };
    let Ok(answer) = qimen::read(&body) else {
        return Told::Unanswered("the answer is not of Qimen's form".to_owned());
    };
    // The platform wraps an ERP's answer where it is asked to.
    let answer = answer.child("response").unwrap_or(&answer);
    let text = |name: &str| answer.text_of(name).unwrap_or_default().chars().take(LONGEST_WHY).collect::<String>();
    match answer.text_of("flag") {
        Some("success") => Told::Taken,
        Some("failure") => Told::Refused { code: text("code"), message: text("message") },
        _ => Told::Unanswered("the answer has no flag".to_owned()),
    }
}

fn again(tries: u32) -> Duration {
    FIRST_AGAIN.saturating_mul(1 << tries.min(16)).min(LAST_AGAIN)
}

impl Hub {
    /// The first that waits of each order, where its time has come.
    fn due_messages(&self, now_us: i64) -> Result<Vec<Due>, HubError> {
        self.read(|connection| {
            let mut found = connection.prepare(
                "SELECT m.id, m.order_no, m.customer, m.method, m.body, m.tries
                 FROM (SELECT min(id) AS id FROM qimen_messages WHERE state = 'waiting' GROUP BY order_no) first
                 JOIN qimen_messages m ON m.id = first.id WHERE m.due_us <= ?1 ORDER BY m.due_us, m.id LIMIT ?2",
            )?;
            let rows = found.query_map(params![now_us, AT_ONCE], |row| {
                Ok(Due {
                    id: row.get(0)?,
                    order_no: row.get(1)?,
                    customer: row.get(2)?,
                    method: row.get(3)?,
                    body: row.get(4)?,
                    tries: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn settle_message(&self, due: &Due, told: &Told, now_us: i64) -> Result<(), HubError> {
        let Due { id, order_no, method, tries, .. } = due;
        let subject = format!("{order_no} {method}");
        self.write(|transaction| {
            if let Told::Unanswered(why) = told {
                let due_us = now_us + again(*tries).as_micros() as i64;
                transaction.execute(
                    "UPDATE qimen_messages SET tries = tries + 1, due_us = ?2 WHERE id = ?1",
                    params![id, due_us],
                )?;
                if *tries + 1 >= TRIES_TO_SAY {
                    exceptions::note(transaction, SUBJECT, &Exception::ErpSilent { why: why.clone() }, now_us)?;
                }
                return Ok(());
            }
            exceptions::mended(transaction, SUBJECT, "erp_silent")?;
            match told {
                Told::Refused { code, message } => {
                    transaction.execute("UPDATE qimen_messages SET state = 'refused' WHERE id = ?1", [id])?;
                    let refused = Exception::ErpRefused { code: code.clone(), message: message.clone() };
                    exceptions::note(transaction, &subject, &refused, now_us)
                }
                _ => {
                    // Its place stays taken, so that it is never told anew; its text has done its service.
                    transaction.execute("UPDATE qimen_messages SET state = 'told', body = '' WHERE id = ?1", [id])?;
                    exceptions::mended(transaction, &subject, "erp_refused")
                }
            }
        })
    }

    /// Has what an ERP refused of an order told once more; how many messages that is.
    pub fn tell_again(&self, order_no: &str, now_us: i64) -> Result<usize, HubError> {
        self.write(|transaction| {
            Ok(transaction.execute(
                "UPDATE qimen_messages SET state = 'waiting', tries = 0, due_us = ?2 WHERE order_no = ?1 AND state = 'refused'",
                params![order_no, now_us],
            )?)
        })
    }
}
