//! The stages of an order as a small drawing: five stops on a line, what was done between them as small marks.

use jiff::tz::TimeZone;

use crate::domain::milestone::Milestone;
use crate::domain::timeline::{Timeline, difference};
use crate::page::shown;

/// The drawing's units; the style sheet scales it.
const FIRST_X: i64 = 70;
const APART: i64 = 215;

const STAGES: [Milestone; 5] =
    [Milestone::Paid, Milestone::Allocated, Milestone::Picked, Milestone::Packed, Milestone::Shipped];

pub struct Stages {
    pub stops: Vec<Stop>,
    pub marks: Vec<Mark>,
}

pub struct Stop {
    pub x: i64,
    /// Where the line to it begins.
    pub from: Option<i64>,
    pub word: &'static str,
    pub at: Option<String>,
    pub implied: bool,
    /// Since the stage before, and where that is written.
    pub took: Option<(i64, String)>,
}

/// A step inside a stage or aside of them.
pub struct Mark {
    pub x: i64,
    pub word: &'static str,
    /// Held, cancelled, set aside, void: something went another way.
    pub aside: bool,
}

impl Stages {
    pub fn new(timeline: &Timeline, zone: &TimeZone, word: impl Fn(Milestone) -> &'static str) -> Stages {
        let mut before: Option<i64> = None;
        let mut stops = Vec::new();
        for (index, stage) in STAGES.into_iter().enumerate() {
            let step = timeline.stages().find(|step| step.milestone == stage);
            let x = FIRST_X + APART * index as i64;
            let minute = step.map(|step| step.at.as_second().div_euclid(60));
            let took = minute.zip(before).map(|(minute, before)| (x - APART / 2, difference(minute - before)));
            before = minute.or(before);
            stops.push(Stop {
                x,
                from: (index > 0).then_some(x - APART),
                word: word(stage),
                at: step.map(|step| shown(step.at.as_microsecond(), zone, "%m-%d %H:%M")),
                implied: step.is_some_and(|step| step.implied),
                took,
            });
        }
        Stages { stops, marks: marks(timeline, word) }
    }
}

/// Each stands behind the stage it came after, spread over the way to the next.
fn marks(timeline: &Timeline, word: impl Fn(Milestone) -> &'static str) -> Vec<Mark> {
    let mut behind: Vec<Vec<Milestone>> = vec![Vec::new(); STAGES.len()];
    let mut at = 0;
    for step in &timeline.steps {
        match STAGES.iter().position(|stage| *stage == step.milestone) {
            Some(stage) => at = at.max(stage),
            // Behind the last stop the drawing ends; the carrier's way is told beside the parcel.
            None if step.milestone.is_carriers() => {}
            None if !behind.iter().flatten().any(|known| *known == step.milestone) => behind[at].push(step.milestone),
            None => {}
        }
    }
    let mut marks = Vec::new();
    for (stage, found) in behind.into_iter().enumerate() {
        let apart = APART / (found.len() as i64 + 1);
        for (milestone, place) in found.into_iter().zip(1..) {
            let x = FIRST_X + APART * stage as i64 + apart * place;
            marks.push(Mark { x, word: word(milestone), aside: aside(milestone) });
        }
    }
    marks
}

fn aside(milestone: Milestone) -> bool {
    use Milestone::{Cancelled, Held, Reopened, SetAside, Voided};
    matches!(milestone, Held | Cancelled | SetAside | Voided | Reopened)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::timeline::Step;

    fn timeline(steps: &[(Milestone, i64)]) -> Timeline {
        let step = |(milestone, minute): &(Milestone, i64)| Step {
            milestone: *milestone,
            at: jiff::Timestamp::from_second(minute * 60).expect("a time"),
            error_ms: Some(0),
            source: "hub".into(),
            operator: None,
            implied: false,
        };
        Timeline { order_no: "1".into(), steps: steps.iter().map(step).collect() }
    }

    #[test]
    fn a_drawing_has_every_stage_and_the_marks_between_them() {
        use Milestone::*;
        let steps =
            [(Paid, 0), (Allocated, 3), (Released, 4), (Printed, 5), (Held, 6), (Picked, 106), (Collected, 200)];
        let stages = Stages::new(&timeline(&steps), &TimeZone::UTC, Milestone::en);
        let took: Vec<_> = stages.stops.iter().map(|stop| stop.took.as_ref().map(|(_, text)| text.as_str())).collect();
        assert_eq!(took, [None, Some("+3min"), Some("+1h43min"), None, None]);
        assert_eq!(stages.stops.iter().filter(|stop| stop.at.is_some()).count(), 3);
        let marks: Vec<_> = stages.marks.iter().map(|mark| (mark.word, mark.aside)).collect();
        assert_eq!(marks, [("released", false), ("printed", false), ("held", true)]);
        let (from, to) = (stages.stops[1].x, stages.stops[2].x);
        assert!(stages.marks.iter().all(|mark| from < mark.x && mark.x < to));
    }

    #[test]
    fn a_stage_that_nobody_recorded_is_skipped_in_the_difference() {
        let steps = [(Milestone::Paid, 0), (Milestone::Allocated, 1), (Milestone::Packed, 61)];
        let stages = Stages::new(&timeline(&steps), &TimeZone::UTC, Milestone::en);
        assert!(stages.stops[2].at.is_none());
        assert_eq!(stages.stops[3].took.as_ref().map(|(_, text)| text.as_str()), Some("+1h0min"));
    }
}
