//! The contract exam of every carrier's client, over real sockets against the carrier's simulator: everything a carrier
//! can answer, and everything that can happen on the way. A carrier sits it by a `Subject` and a test below; what a
//! carrier doesn't have its subject says, and that is examined too.

mod answers;
mod bookings;
mod codes;
mod jd;
mod operations;
mod refusals;
mod sf;
mod signatures;
mod subject;
mod trouble;
pub mod world;
mod zto;

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use subject::Subject;

/// A question of the exam. Its name and the carrier's name the failure.
pub struct Case {
    name: String,
    run: Box<dyn FnOnce() -> Running + Send>,
}

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

fn case<R>(name: impl Into<String>, run: impl FnOnce() -> R + Send + 'static) -> Case
where
    R: Future<Output = ()> + Send + 'static,
{
    Case { name: name.into(), run: Box::new(|| Box::pin(run())) }
}

/// Fewer would be an exam that lost its questions.
const FEWEST: usize = 60;
/// Most cases wait for an answer that never comes, and can do so together.
const AT_ONCE: usize = 12;

fn cases(subject: &'static dyn Subject) -> Vec<Case> {
    let groups = [
        signatures::cases,
        bookings::cases,
        trouble::cases,
        answers::cases,
        codes::cases,
        operations::cases,
        refusals::cases,
    ];
    groups.into_iter().flat_map(|group| group(subject)).collect()
}

async fn sit(subject: &'static dyn Subject) {
    let carrier = subject.carrier().as_str();
    let cases = cases(subject);
    let count = cases.len();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), count, "{carrier}: two cases have one name");
    assert!(count >= FEWEST, "{carrier}: {count} cases");
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for Case { name, run } in cases {
        let turns = turns.clone();
        running.spawn(async move {
            let _turn = turns.acquire_owned().await.expect("it is never closed");
            (name, tokio::spawn(run()).await)
        });
    }
    let mut failures = Vec::new();
    let mut passed = 0;
    while let Some(ended) = running.join_next().await {
        let (name, result) = ended.expect("what waits for a case doesn't panic");
        match result {
            Ok(()) => passed += 1,
            Err(error) => failures.push(format!("{carrier}: {name}: {}", said(error))),
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases failed:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(passed, count);
    println!("{carrier}: {passed} cases");
    for (feature, why) in subject.lacks() {
        assert!(!why.is_empty(), "{carrier} lacks {feature:?}: say why we think so");
        println!("{carrier} lacks {feature:?}: {why}");
    }
}

fn said(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "it was cancelled".to_owned() };
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic.downcast_ref::<&str>().copied().unwrap_or("a panic without words").to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sf_express_sits_the_exam() {
    sit(&sf::Subject).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn zto_express_sits_the_exam() {
    sit(&zto::Subject).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn jd_logistics_sits_the_exam() {
    sit(&jd::Subject).await;
}

#[tokio::test]
async fn a_failed_case_is_named_with_its_carrier() {
    let panicked = tokio::spawn(async { panic!("two numbers") }).await.expect_err("a panic");
    assert_eq!(said(panicked), "two numbers");
}
