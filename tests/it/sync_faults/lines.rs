//! Bad lines: the bench works on, nothing is taken for an acknowledgement that isn't one, and all arrives afterwards.

use super::portal::Ill;
use super::{Site, at_hub, everything_once, mark, own, pack, sent};

/// Works while the line is ill and then on a healed one; what the screen said of the line meanwhile.
async fn outlives(ill: Ill) -> Option<String> {
    let site = Site::start().await;
    let (station, mut gun) = site.station().await;
    let journal = station.running.journal.clone();
    pack(&mut gun, 1).await;
    sent(&station).await;
    site.portal.fall(ill);
    for n in 2..=5 {
        pack(&mut gun, n).await;
    }
    site.portal.struck(2).await;
    // The mark first: the hub may only get ahead of it.
    let (marked, held) = (mark(&journal), at_hub(&site.store()).len() as u64);
    assert!(marked <= held, "{ill:?}: {marked} entries count as received where the hub holds {held}");
    let problem = station.running.sync.borrow().problem.clone();
    pack(&mut gun, 6).await;
    site.portal.fall(Ill::Nothing);
    sent(&station).await;
    everything_once(&site, &station).await;
    assert_eq!(mark(&journal), own(&journal).len() as u64, "all is acknowledged");
    site.stop(station).await;
    problem
}

/// Ports differ from run to run.
fn without_port(problem: Option<String>) -> String {
    let problem = problem.expect("the screen says what is wrong");
    let (before, after) = problem.split_once("127.0.0.1:").expect("it names the hub");
    format!("{before}127.0.0.1:PORT{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_answers_500() {
    insta::assert_snapshot!(without_port(outlives(Ill::Status500).await), @"what answered at http://127.0.0.1:PORT is not a hub (status 500 Internal Server Error without a problem document): look for a captive portal or a wrong `url` in `[hub]`");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_captive_portals_page_with_status_200_is_no_acknowledgement() {
    insta::assert_snapshot!(without_port(outlives(Ill::SignIn).await), @"what answered at http://127.0.0.1:PORT is not a hub (its answer is of another shape: expected value at line 1 column 1): look for a captive portal or a wrong `url` in `[hub]`");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_reset() {
    let said = without_port(outlives(Ill::Reset).await);
    // Which of the two the kernel reports depends on how much was sent when the reset came.
    let said = said.replace("Broken pipe (os error 32)", "Connection reset by peer (os error 104)");
    insta::assert_snapshot!(said, @"the hub http://127.0.0.1:PORT can't be reached (Connection reset by peer (os error 104)): work goes on here; look at the network and at the hub");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off() {
    let said = without_port(outlives(Ill::Cut).await);
    assert!(said.ends_with("work goes on here; look at the network and at the hub"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_after_the_commit() {
    outlives(Ill::Lost).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_acknowledges_less_than_it_was_sent() {
    outlives(Ill::Less).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_arrives_twice() {
    outlives(Ill::Twice).await;
}
