//! An order's timeline: its milestones in the order of the best known time, as a line of text and as data.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::id::OrderNo;
use super::milestone::Milestone;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    pub order_no: OrderNo,
    pub steps: Vec<Step>,
}

/// One milestone and how well its time is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub milestone: Milestone,
    pub at: Timestamp,
    /// Bound of the time's error; absent where the clock was never compared.
    pub error_ms: Option<i64>,
    /// Who says so: `channel`, `hub` or a station's code.
    pub source: String,
    pub operator: Option<String>,
    /// Concluded from a later act, and so left out of dwell figures.
    pub implied: bool,
}

impl Timeline {
    /// `已支付(02-15 14:22)→ 已分配仓(02-15 14:25,+3min)→ …`: the stages, each once, at its first time.
    pub fn one_line(&self, zone: &TimeZone) -> String {
        self.one_line_in(zone, Milestone::zh)
    }

    pub fn one_line_in(&self, zone: &TimeZone, word: impl Fn(Milestone) -> &'static str) -> String {
        let mut line = String::new();
        let mut before: Option<i64> = None;
        for step in self.stages() {
            let shown = step.at.to_zoned(zone.clone());
            let minute = step.at.as_second().div_euclid(60);
            if before.is_some() {
                line.push_str("→ ");
            }
            line.push_str(word(step.milestone));
            line.push('(');
            line.push_str(&shown.strftime("%m-%d %H:%M").to_string());
            if let Some(before) = before {
                line.push(',');
                line.push_str(&difference(minute - before));
            }
            line.push(')');
            before = Some(minute);
        }
        line
    }

    /// The first step of each stage, in time.
    pub fn stages(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().enumerate().filter_map(|(index, step)| {
            let first = !self.steps[..index].iter().any(|earlier| earlier.milestone == step.milestone);
            (first && step.milestone.is_stage()).then_some(step)
        })
    }
}

/// The difference of two displayed minutes: `+0min`, `+3min`, `+1h43min`, `+2d3h`; `-2min` where clocks disagree.
pub fn difference(minutes: i64) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, min) => format!("{sign}{min}min"),
        (0, hours, min) => format!("{sign}{hours}h{min}min"),
        (days, hours, _) => format!("{sign}{days}d{hours}h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(milestone: Milestone, at: &str) -> Step {
        Step {
            milestone,
            at: at.parse().expect("a time"),
            error_ms: Some(20),
            source: "hub".into(),
            operator: None,
            implied: false,
        }
    }

    #[test]
    fn the_line_reads_as_customer_service_reads_it() {
        let timeline = Timeline {
            order_no: "1".into(),
            steps: vec![
                step(Milestone::Paid, "2026-02-15T06:22:50Z"),
                step(Milestone::Allocated, "2026-02-15T06:25:10Z"),
                step(Milestone::Printed, "2026-02-15T07:00:00Z"),
                step(Milestone::Picked, "2026-02-15T08:08:00Z"),
            ],
        };
        let zone = TimeZone::get("Asia/Shanghai").expect("a known zone");
        assert_eq!(
            timeline.one_line(&zone),
            "已支付(02-15 14:22)→ 已分配仓(02-15 14:25,+3min)→ 已拣货(02-15 16:08,+1h43min)"
        );
    }

    #[test]
    fn differences_change_their_units_at_an_hour_and_a_day() {
        let shown: Vec<_> = [0, 3, 59, 60, 103, 1439, 1440, 3060, -2].into_iter().map(difference).collect();
        assert_eq!(shown, ["+0min", "+3min", "+59min", "+1h0min", "+1h43min", "+23h59min", "+1d0h", "+2d3h", "-2min"]);
    }
}
