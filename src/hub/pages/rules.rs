//! The page of routing rules: which are in force and whose, what they chose for yesterday's orders, and every version.

use askama::Template;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Frame;
use crate::domain::routing::yuan;
use crate::hub::preview::Chosen;
use crate::hub::published::{Origin, Routing, Version};
use crate::page::shown;
use crate::rules::{Share, Warning};
use crate::words::Words;

/// As much of a hash as tells versions apart.
const HASH_SHOWN: usize = 12;

#[derive(Template)]
#[template(path = "hub/pages/rules.html")]
pub(super) struct RulesPage {
    frame: Frame,
    origin: Origin,
    file: String,
    version: u64,
    /// Who published it, and when.
    published: Option<(String, String)>,
    day: String,
    rules: Vec<RuleRow>,
    carriers: Vec<ShareRow>,
    orders: usize,
    nobody: usize,
    unasked: usize,
    versions: Vec<VersionRow>,
}

struct RuleRow {
    name: String,
    /// `when` and `then` of one that is in force.
    text: Option<(String, String)>,
    share: ShareRow,
    /// It decides nearly everything.
    wide: bool,
    /// It decided yesterday and isn't in force any more.
    gone: bool,
}

struct ShareRow {
    name: String,
    orders: usize,
    permille: usize,
    percent: String,
    freight: String,
    each: String,
}

struct VersionRow {
    version: u64,
    at: String,
    by: String,
    file: String,
    hash: String,
    back_to: Option<String>,
}

impl RulesPage {
    pub fn new(frame: Frame, routing: Routing, (day, chosen): (Date, Chosen), zone: &TimeZone) -> RulesPage {
        let w = frame.page.w;
        let Chosen { report, unasked } = chosen;
        let is_wide = |name: &str| {
            report.warnings.iter().any(|warning| matches!(warning, Warning::Wide { rule, .. } if rule == name))
        };
        let text = |name: &str| {
            let known = routing.rules.iter().find(|rule| rule.name == name);
            let then = |then: &String| w.get(&format!("then_{then}")).map_or(then.to_uppercase(), str::to_owned);
            known.map(|rule| (rule.when.clone(), then(&rule.then)))
        };
        let rule = |share: &Share| RuleRow {
            text: text(&share.name),
            wide: is_wide(&share.name),
            gone: text(&share.name).is_none(),
            share: share_row(share, share.name.clone()),
            name: share.name.clone(),
        };
        let named = report.named.iter().map(|share| RuleRow {
            name: w.rule_named.to_owned(),
            text: None,
            share: share_row(share, String::new()),
            wide: false,
            gone: false,
        });
        let carrier = |share: &Share| share_row(share, w.state("carrier", &share.name).to_owned());
        let since = |at: jiff::Timestamp| shown(at.as_microsecond(), zone, "%Y-%m-%d %H:%M");
        RulesPage {
            rules: report.rules.iter().map(rule).chain(named).collect(),
            carriers: report.carriers.iter().map(carrier).collect(),
            orders: report.orders,
            nobody: report.nobody,
            unasked,
            origin: routing.origin,
            version: routing.version,
            file: routing.file.unwrap_or_default(),
            published: routing.by.zip(routing.since.map(since)),
            day: day.to_string(),
            versions: routing.versions.into_iter().map(|one| version_row(w, one, zone)).collect(),
            frame,
        }
    }
}

fn share_row(share: &Share, name: String) -> ShareRow {
    ShareRow {
        name,
        orders: share.orders,
        permille: share.permille,
        percent: format!("{}.{} %", share.permille / 10, share.permille % 10),
        freight: yuan(share.freight_fen),
        each: share.each_fen().map_or("–".to_owned(), yuan),
    }
}

fn version_row(w: &Words, one: Version, zone: &TimeZone) -> VersionRow {
    let to_config = || w.rules_of_config.to_owned();
    VersionRow {
        version: one.version,
        at: shown(one.at.as_microsecond(), zone, "%Y-%m-%d %H:%M"),
        by: one.by,
        hash: one.hash.get(..HASH_SHOWN).unwrap_or_default().to_owned(),
        back_to: one.back_to.map(|version| if version == 0 { to_config() } else { version.to_string() }),
        file: one.file.unwrap_or_else(to_config),
    }
}
