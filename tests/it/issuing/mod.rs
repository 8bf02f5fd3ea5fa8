//! Numbers under every interleaving of answers, losses, crashes, cancellations and packers: a model of the carrier and of
//! the disk around the real heart, driven by random steps.

mod disk;
mod model;

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use model::{Hub, Model, Step};

/// A hundred thousand together, as two tests, for a machine has at least two processors.
const CASES: u32 = 50_000;
const LONGEST: usize = 18;

fn step() -> impl Strategy<Value = Step> {
    let (parcel, any) = (0..model::PARCELS, 0..4usize);
    prop_oneof![
        4 => parcel.clone().prop_map(Step::Ask),
        4 => any.clone().prop_map(Step::Served),
        3 => any.clone().prop_map(Step::Answered),
        2 => any.clone().prop_map(Step::TimedOut),
        1 => any.prop_map(Step::NeverSent),
        1 => Just(Step::Crash),
        1 => parcel.clone().prop_map(Step::CrashInAsking),
        4 => parcel.clone().prop_map(Step::Pack),
        2 => parcel.clone().prop_map(Step::GiveUpWaiting),
        1 => parcel.clone().prop_map(Step::Cancel),
        1 => Just(Step::Break),
        1 => Just(Step::Mend),
        1 => (0u8..4).prop_map(Step::FillPool),
        1 => parcel.clone().prop_map(Step::RefuseNext),
        1 => parcel.clone().prop_map(Step::KeepAndRefuseNext),
        3 => (parcel.clone(), hub()).prop_map(|(parcel, hub)| Step::HubSays(parcel, hub)),
        1 => parcel.prop_map(Step::SomebodyElsesNumberNext),
    ]
}

fn hub() -> impl Strategy<Value = Hub> {
    prop_oneof![2 => Just(Hub::Grants), 1 => Just(Hub::GrantsUnheard), 1 => Just(Hub::Refuses), 1 => Just(Hub::IsAway)]
}

fn play(before: &[Step], steps: &[Step]) -> Model {
    let mut model = Model::new();
    for step in before.iter().chain(steps) {
        model.take(step);
        model.check();
    }
    model.come_to_rest();
    model
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_interleaving_breaks_a_promise(steps in vec(step(), 1..LONGEST)) {
        play(&[], &steps);
    }

    #[test]
    fn no_interleaving_with_a_pool_breaks_a_promise(steps in vec(step(), 1..LONGEST)) {
        play(&[Step::FillPool(0), Step::Break], &steps);
    }
}

/// What is rubbish, what is held already and what is on a parcel adds nothing, also after a restart.
#[test]
fn a_pool_takes_only_the_carriers_numbers_that_nobody_has() {
    let mut model = Model::new();
    let mut after = |steps: &[Step], spares: usize, fills: usize| {
        steps.iter().for_each(|step| model.take(step));
        assert_eq!((model.spares(), model.fills()), (spares, fills), "{steps:?}");
    };
    after(&[Step::FillPool(3)], 0, 0);
    after(&[Step::FillPool(0)], 2, 1);
    after(&[Step::FillPool(2)], 2, 1);
    after(&[Step::Break, Step::Ask(0), Step::Pack(0), Step::Pack(0)], 1, 1);
    after(&[Step::FillPool(2)], 1, 1);
    after(&[Step::Crash, Step::FillPool(2), Step::FillPool(3)], 1, 1);
    after(&[Step::FillPool(1)], 3, 2);
}

/// The site says what comes first; what isn't possible is passed over.
#[test]
fn the_first_possible_fallback_of_the_site_is_taken() {
    use milepost::station::config::Fallback::{Pool, Reroute};
    let after = |fallbacks: &[_], pooled: bool| {
        let mut model = Model::with(fallbacks);
        let pool = pooled.then_some(Step::FillPool(0));
        let packed = [Step::Break, Step::Ask(0), Step::Pack(0), Step::Pack(0)];
        pool.iter().chain(&packed).for_each(|step| model.take(step));
        model.fallback_of(0)
    };
    for (fallbacks, pooled, expected) in [
        (&[Pool, Reroute][..], true, "pool"),
        (&[Reroute, Pool], true, "reroute"),
        (&[Pool, Reroute], false, "reroute"),
        (&[Pool], false, "temporary"),
        (&[], true, "temporary"),
    ] {
        assert_eq!(after(fallbacks, pooled), expected, "{fallbacks:?}, {pooled}");
    }
}

/// Whoever put it there: a number that is on a parcel is for no other.
#[test]
fn a_number_on_a_colleagues_parcel_leaves_the_own_pool() {
    let mut model = Model::new();
    model.take(&Step::FillPool(0));
    assert_eq!(model.spares(), 2);
    model.hear_that_it_is_on(1, "JDVA00000000001");
    assert_eq!(model.spares(), 1);
    model.take(&Step::Crash);
    assert_eq!(model.spares(), 1, "also after a restart");
}

/// The carrier books a parcel under the pooled number on its box and answers with another's: nobody can tell from that
/// answer what is booked, so somebody looks before it leaves.
#[test]
fn what_is_booked_rightly_and_answered_wrongly_stays_for_somebody_to_look_at() {
    let steps = [
        Step::Ask(0),
        Step::Served(0),
        Step::Answered(0),
        Step::FillPool(0),
        Step::Break,
        Step::Ask(1),
        Step::Pack(1),
        Step::Pack(1),
        Step::SomebodyElsesNumberNext(1),
        Step::Mend,
        Step::Ask(1),
        Step::Served(0),
        Step::Answered(0),
    ];
    play(&[], &steps);
}

/// The model must be able to get everywhere that its promises speak of, or they say nothing.
#[test]
fn the_model_reaches_every_end() {
    // Given up and denied by the carrier, the first request is served after all, with a pooled number on the box by then.
    let conflict = [
        Step::Ask(0),
        Step::TimedOut(0),
        Step::Ask(0),
        Step::Served(1),
        Step::Answered(0),
        Step::Break,
        Step::FillPool(0),
        Step::Ask(0),
        Step::Pack(0),
        Step::Pack(0),
        Step::Served(0),
        Step::Mend,
    ];
    let mut reached: BTreeMap<&str, u32> = BTreeMap::new();
    let mut tell = |model: &Model| model.ends().into_iter().for_each(|end| *reached.entry(end).or_default() += 1);
    tell(&play(&[], &conflict));
    let mistake = [
        Step::Ask(1),
        Step::Served(0),
        Step::Answered(0),
        Step::SomebodyElsesNumberNext(0),
        Step::Ask(0),
        Step::Served(0),
        Step::Answered(0),
    ];
    tell(&play(&[], &mistake));
    // The hub is away while a packer waits, and says only afterwards that another carrier may have the parcel.
    let away = [Step::Break, Step::Ask(0), Step::Pack(0), Step::Pack(0), Step::HubSays(0, Hub::IsAway), Step::Pack(0)];
    tell(&play(&[], &away));
    let mut runner = TestRunner::deterministic();
    for _ in 0..500 {
        let steps = vec(step(), 1..LONGEST).new_tree(&mut runner).expect("steps").current();
        tell(&play(&[], &steps));
        tell(&play(&[Step::FillPool(0), Step::Break], &steps));
    }
    let missing: Vec<_> = model::ENDS.iter().filter(|end| !reached.contains_key(*end)).collect();
    assert!(missing.is_empty(), "{missing:?} is never reached: {reached:?}");
}
