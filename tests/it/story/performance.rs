//! Plays a story through the real daemon: a binary with a hub, a scanner, a printer and SF on the other end of real
//! sockets. It is ended or killed after every line, so nothing may live in memory alone.

use std::time::{Duration, Instant};

use milepost::domain::entry::Entry;
use milepost::domain::fact::Fact;

use super::script::{Act, Expected, Verb};
use super::stage::Stage;
use crate::world::LIMIT;

/// What a story's line brought about, in the story's own names.
#[derive(Default)]
struct Happened {
    /// `tone text`; a scanner's answer has no tone of its own for asking.
    said: Vec<String>,
    facts: Vec<String>,
    printed: Vec<(String, String)>,
}

pub async fn play(script: &[Act]) -> Result<(), String> {
    let mut stage = Stage::open(script).await;
    for (index, act) in script.iter().enumerate() {
        let next = script.get(index + 1).map(|act| &act.verb);
        perform(&mut stage, act, next, index % 2 == 0)
            .await
            .map_err(|problem| format!("line {}: {problem}", act.line))?;
    }
    stage.close().await
}

async fn perform(stage: &mut Stage, act: &Act, next: Option<&Verb>, kill: bool) -> Result<(), String> {
    let answers = stage.act(&act.verb).await?;
    let begun = Instant::now();
    loop {
        let happened = stage.happened(&answers);
        let missing = missing(&happened, &act.expected);
        if missing.is_none() && stage.papers_are_out() {
            untold(&happened, &act.expected)?;
            break;
        }
        if begun.elapsed() > LIMIT / 2 {
            let missing = missing.unwrap_or_else(|| stage.papers());
            return Err(format!("{missing}; said {:?}, facts {:?}", happened.said, happened.facts));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // What stands on a screen is seen when the daemon starts anew; a line that is a start itself has just been one.
    let started = matches!(act.verb, Verb::Restart | Verb::Wait | Verb::Idle | Verb::CallBack(..));
    if started {
        stands(stage, &act.expected).await?;
    }
    stage.restart(next, kill).await;
    if !started {
        stands(stage, &act.expected).await?;
    }
    Ok(())
}

async fn stands(stage: &Stage, expected: &[Expected]) -> Result<(), String> {
    for expected in expected {
        if let Expected::Screen(tone, text) = expected {
            stage.shows(&format!("{tone} {text}")).await?;
        }
    }
    Ok(())
}

fn missing(happened: &Happened, expected: &[Expected]) -> Option<String> {
    expected.iter().find_map(|expected| match expected {
        Expected::Say(tone, text) => {
            let wanted = [format!("{tone} {text}"), format!("{} {text}", aloud(tone))];
            let said = happened.said.iter().any(|said| wanted.contains(said) || in_one_breath(said, text));
            (!said).then(|| format!("expected {:?}", wanted[0]))
        }
        Expected::Print(template, number) => {
            let printed = happened.printed.contains(&(template.clone(), number.clone()));
            (!printed).then(|| format!("expected a print of {template} {number}, printed {:?}", happened.printed))
        }
        Expected::Fact(kind) => (!happened.facts.contains(kind)).then(|| format!("expected the fact {kind}")),
        Expected::Screen(..) | Expected::NoPrint | Expected::NoFact(_) => None,
    })
}

/// A story may leave out what reassures, never a label or a stop.
fn untold(happened: &Happened, expected: &[Expected]) -> Result<(), String> {
    let told = expected.iter().filter(|expected| matches!(expected, Expected::Print(..))).count();
    if told != happened.printed.len() {
        return Err(format!("{told} labels were told, printed {:?}", happened.printed));
    }
    for expected in expected {
        if let Expected::NoFact(kind) = expected
            && happened.facts.contains(kind)
        {
            return Err(format!("the fact {kind} should not be there"));
        }
    }
    let told = |said: &str| {
        expected.iter().any(|expected| match expected {
            Expected::Say(tone, text) | Expected::Screen(tone, text) => {
                (said.ends_with(text) || in_one_breath(said, text)) && tone == "stop"
            }
            _ => false,
        })
    };
    match happened.said.iter().find(|said| said.to_lowercase().starts_with("stop ") && !told(said)) {
        Some(said) => Err(format!("an untold {said:?}")),
        None => Ok(()),
    }
}

/// What is said in one breath has the tone of the gravest.
fn in_one_breath(said: &str, text: &str) -> bool {
    said.contains(&format!("；{text}")) || said.contains(&format!(" {text}；"))
}

/// The word a scanner is answered with.
fn aloud(tone: &str) -> &'static str {
    match tone {
        "ok" | "ask" => "OK",
        "warn" => "WARN",
        _ => "STOP",
    }
}

impl Stage {
    fn happened(&self, answers: &[String]) -> Happened {
        let mut happened = Happened::default();
        happened.said.extend(answers.iter().map(|answer| self.told(answer)));
        happened.said.extend(self.screens().iter().map(|shown| self.told(shown)));
        for entry in self.entries() {
            happened.facts.push(entry.kind.clone());
            happened.printed.extend(self.print_of(&entry));
        }
        happened
    }

    fn print_of(&self, entry: &Entry) -> Option<(String, String)> {
        match entry.fact()? {
            Fact::LabelQueued { template, number, .. } => Some((template, self.told(&number))),
            Fact::SlipQueued { template, .. } => Some((template, entry.orders[0].to_string())),
            Fact::DividerQueued { template, wave, .. } => Some((template, wave.to_string())),
            Fact::SheetQueued { template, handover, .. } => Some((template, handover)),
            _ => None,
        }
    }
}

/// What can't be played this way, and why.
const HEART_ONLY: &[(&str, &str)] = &[
    (
        "printer-refuses-reprint",
        "a real printer that takes labels again is ready, and the daemon prints by itself before anybody can scan REPRINT",
    ),
    ("wave-divider-in-doubt", "a wire can't be cut for one message alone while the next one is on its way behind it"),
    ("printer-backup", "a daemon that was restarted looks at its printers first; tests/it/failover.rs plays it"),
    ("printer-backup-fails-too", "as printer-backup"),
    ("wave-undrawable", "the stories' labels can all be drawn; tests/it/labels.rs has some that can't"),
    ("split-restart", "no hub loses an answer at will; tests/it/splits.rs asks one again"),
    ("split-late", "as split-restart"),
];

#[test]
fn every_story_plays_through_the_real_daemon_with_a_restart_after_every_line() {
    let stories: Vec<_> =
        super::all().into_iter().filter(|(name, _)| HEART_ONLY.iter().all(|(left_out, _)| name != left_out)).collect();
    assert_eq!(stories.len() + HEART_ONLY.len(), super::all().len(), "no story is left out that isn't there");
    let wanted = std::env::var("MILEPOST_STORY").unwrap_or_default();
    let queue = std::sync::Mutex::new(stories.into_iter().filter(|(name, _)| name.contains(&wanted)));
    let wrong = std::sync::Mutex::new(Vec::new());
    // Most of a story's time is a process starting; four at a time keep two cores busy.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let runtime = tokio::runtime::Runtime::new().expect("a runtime");
                loop {
                    let next = queue.lock().expect("the queue").next();
                    let Some((name, text)) = next else { break };
                    let script = super::script::parse(&text).expect("a story that is rehearsed can be read");
                    if let Err(problem) = runtime.block_on(play(&script)) {
                        wrong.lock().expect("the list").push(format!("{name}.story: {problem}"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("the list");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
