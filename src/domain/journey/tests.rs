use proptest::prelude::*;

use super::*;
use crate::domain::patience::Patience;

const SHANGHAI: &str = "上海市";
const SHENZHEN: &str = "深圳市";

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(1_771_398_000 + minute * 60).expect("a time")
}

fn scan(meaning: Meaning, at: i64, city: &str) -> Scan {
    let code = format!("{meaning:?}");
    let (number, text, facility) = ("SF7444000000001".into(), String::new(), String::new());
    Scan { number, code, meaning, at: minute(at), city: city.into(), facility, text }
}

/// Its minute is where each scan stands in the list times ten, all in one city.
fn way(meanings: &[Meaning]) -> Vec<Scan> {
    meanings.iter().zip(0..).map(|(meaning, index)| scan(*meaning, index * 10, SHANGHAI)).collect()
}

/// Handed over half an hour before the first minute; of the parcel's only number.
fn around() -> Around {
    Around { handed_over: Some(minute(-30)), too_soon: SignedDuration::from_mins(60), signed_elsewhere: false }
}

fn journey(scans: &[Scan]) -> Journey {
    Journey::of(scans, &around())
}

/// Nobody gave it away.
fn journey_of_what_is_here(scans: &[Scan]) -> Journey {
    Journey::of(scans, &Around { handed_over: None, ..around() })
}

fn doubts_of(scans: &[Scan]) -> Vec<Doubt> {
    journey(scans).suspicions.iter().map(|suspicion| suspicion.doubt).collect()
}

#[test]
fn a_way_ends_where_its_last_believable_scan_puts_it() {
    use Meaning::*;
    for (meanings, phase, since) in [
        (vec![], Phase::Awaited, -30),
        (vec![Note, Unknown], Phase::Awaited, -30),
        (vec![Collected], Phase::Collected, 0),
        (vec![Collected, InTransit, InTransit], Phase::InTransit, 10),
        (vec![Collected, InTransit, Collected], Phase::InTransit, 10),
        (vec![Collected, OutForDelivery, Note], Phase::OutForDelivery, 10),
        (vec![Collected, OutForDelivery, HeldAtPoint], Phase::HeldAtPoint, 20),
        (vec![Collected, OutForDelivery, HeldAtPoint, Delivered], Phase::Delivered, 30),
        (vec![Collected, OutForDelivery, DeliveryFailed, OutForDelivery, Delivered], Phase::Delivered, 40),
        (vec![Collected, OutForDelivery, Delivered, Delivered, Note], Phase::Delivered, 20),
        (vec![Collected, InTransit, Returning, InTransit, OutForDelivery], Phase::Returning, 20),
        (vec![Collected, Returning, InTransit, Returned], Phase::Returned, 30),
        (vec![Collected, Returning, Returned, InTransit, Returning], Phase::Returned, 20),
        (vec![Collected, InTransit, Problem], Phase::Problem, 20),
        (vec![Collected, Problem, InTransit], Phase::InTransit, 20),
    ] {
        let found = journey(&way(&meanings));
        assert_eq!((found.phase, found.since), (phase, Some(minute(since))), "{meanings:?}");
        assert_eq!(found.suspicions, [], "{meanings:?}");
        assert_eq!(found.delivered.is_some(), phase == Phase::Delivered, "{meanings:?}");
        assert_eq!(found.returned.is_some(), phase == Phase::Returned, "{meanings:?}");
    }
}

#[test]
fn a_sign_that_does_not_fit_is_a_suspicion_and_no_delivery() {
    use Meaning::*;
    for (meanings, phase, doubts) in [
        (vec![Delivered], Phase::Awaited, vec![Doubt::SignedWithoutDispatch]),
        (vec![Collected, Delivered], Phase::Collected, vec![Doubt::SignedWithoutDispatch]),
        (
            vec![OutForDelivery, Delivered, Collected],
            Phase::OutForDelivery,
            vec![Doubt::SignedBeforeCollection, Doubt::ScannedAfterSign],
        ),
        (vec![Collected, OutForDelivery, Delivered, InTransit], Phase::InTransit, vec![Doubt::ScannedAfterSign]),
        (vec![Collected, OutForDelivery, Delivered, HeldAtPoint], Phase::HeldAtPoint, vec![Doubt::ScannedAfterSign]),
        (vec![Collected, OutForDelivery, Returning, Delivered], Phase::Returning, vec![Doubt::SignedOnTheWayBack]),
    ] {
        let found = journey(&way(&meanings));
        assert_eq!((found.phase, found.delivered), (phase, None), "{meanings:?}");
        assert_eq!(doubts_of(&way(&meanings)), doubts, "{meanings:?}");
        assert!(found.open_doubts().count() > 0);
    }
}

#[test]
fn nobody_drives_that_fast_but_within_a_city() {
    let signed = |city: &str, at| {
        [
            scan(Meaning::Collected, 0, SHENZHEN),
            scan(Meaning::OutForDelivery, 1, city),
            scan(Meaning::Delivered, at, city),
        ]
    };
    assert_eq!(doubts_of(&signed(SHANGHAI, 59)), [Doubt::SignedTooSoon]);
    assert_eq!(journey(&signed(SHANGHAI, 59)).phase, Phase::OutForDelivery);
    for (city, at) in [(SHANGHAI, 60), (SHENZHEN, 2), ("深圳", 2), ("", 2)] {
        assert_eq!(journey(&signed(city, at)).phase, Phase::Delivered, "{city} {at}");
    }
}

#[test]
fn nobody_signs_in_person_where_it_never_lay() {
    for (text, facility, doubted) in [
        ("已签收，签收人：本人", "城西菜鸟驿站", true),
        ("【城西驿站】本人签收", "", true),
        ("丰巢柜，本人", "上海闵行营业部", true),
        ("本人签收", "华联代收点", true),
        ("已签收，签收人：本人", "上海闵行营业部", false),
        ("本人签收，代收货款已交", "上海闵行营业部", false),
        ("签收人：家人", "城西菜鸟驿站", false),
        ("非本人签收", "城西菜鸟驿站", false),
        ("", "", false),
    ] {
        let mut scans = way(&[Meaning::Collected, Meaning::OutForDelivery, Meaning::Delivered]);
        let sign = scans.last_mut().expect("a sign");
        (sign.text, sign.facility) = (text.into(), facility.into());
        let found = journey(&scans);
        let expected = if doubted { vec![Doubt::SignedAtPoint] } else { Vec::new() };
        assert_eq!(doubts_of(&scans), expected, "{text} {facility}");
        assert_eq!((found.phase == Phase::Delivered, found.delivered.is_some()), (!doubted, !doubted), "{text}");
        // Whoever fetches it where it lay signs there, and in person.
        scans[1].meaning = Meaning::HeldAtPoint;
        assert_eq!(journey(&scans).phase, Phase::Delivered, "{text} {facility}");
    }
}

#[test]
fn of_two_numbers_that_are_signed_neither_is_a_delivery() {
    let scans = way(&[Meaning::Collected, Meaning::OutForDelivery, Meaning::Delivered]);
    let found = Journey::of(&scans, &Around { signed_elsewhere: true, ..around() });
    assert_eq!((found.phase, found.delivered), (Phase::OutForDelivery, None));
    assert_eq!(found.open_doubts().map(|open| open.doubt).collect::<Vec<_>>(), [Doubt::SignedTwice]);
    let moving = Journey::of(&scans[..2], &Around { signed_elsewhere: true, ..around() });
    assert_eq!(moving.suspicions, [], "what isn't signed is the other's doubt");
}

#[test]
fn a_good_sign_after_a_false_one_is_the_delivery() {
    use Meaning::*;
    let found = journey(&way(&[Collected, Delivered, OutForDelivery, Delivered]));
    assert_eq!((found.phase, found.delivered), (Phase::Delivered, Some(minute(30))));
    assert_eq!(found.suspicions.len(), 2, "the false one stays told");
    assert_eq!(found.open_doubts().count(), 0, "nobody has to ask any more");
}

#[test]
fn a_parcel_that_nobody_gave_away_was_not_to_be_collected() {
    let scans = way(&[Meaning::Collected, Meaning::OutForDelivery, Meaning::Delivered]);
    let found = journey_of_what_is_here(&scans);
    assert_eq!(found.open_doubts().map(|open| open.doubt).collect::<Vec<_>>(), [Doubt::NeverHandedOver]);
    assert_eq!(found.phase, Phase::Delivered);
    assert_eq!(journey_of_what_is_here(&[]).last_news(), None);
}

#[test]
fn of_one_moment_the_sign_is_the_last() {
    let mut scans = way(&[Meaning::Delivered, Meaning::OutForDelivery, Meaning::Collected]);
    scans.iter_mut().for_each(|scan| scan.at = minute(5));
    assert_eq!(journey(&scans).phase, Phase::Delivered);
}

#[test]
fn patience_ends_by_phase_and_any_word_is_news() {
    let patience = Patience { awaited_hours: 1, in_transit_hours: 2, ..Patience::default() };
    let ended = |scans: &[Scan], at| patience.ended(&journey(scans), minute(at));
    assert_eq!(ended(&[], 29), None);
    assert_eq!(ended(&[], 30), Some(minute(30)), "an hour after it was handed over");
    let moving = way(&[Meaning::Collected, Meaning::InTransit]);
    assert_eq!(ended(&moving, 129), None);
    assert_eq!(ended(&moving, 130), Some(minute(130)));
    let noted = way(&[Meaning::Collected, Meaning::InTransit, Meaning::Note]);
    assert_eq!(ended(&noted, 130), None);
    let delivered = way(&[Meaning::Collected, Meaning::OutForDelivery, Meaning::Delivered]);
    assert_eq!(ended(&delivered, 1_000_000), None);
    let never = journey_of_what_is_here(&[]);
    assert_eq!(patience.ended(&never, minute(1_000_000)), None, "nothing is awaited of what we still have");
}

#[test]
fn phases_are_sent_as_they_are_stored() {
    for phase in Phase::ALL {
        assert_eq!(serde_json::to_value(phase).expect("a word"), phase.as_str());
    }
    for doubt in Doubt::ALL {
        assert_eq!(serde_json::to_value(doubt).expect("a word"), doubt.as_str());
    }
}

fn any_scan() -> impl Strategy<Value = Scan> {
    use Meaning::*;
    let meanings = [
        Collected,
        InTransit,
        OutForDelivery,
        HeldAtPoint,
        DeliveryFailed,
        Delivered,
        Returning,
        Returned,
        Problem,
        Note,
        Unknown,
    ];
    let city = prop::sample::select(vec!["", SHANGHAI, SHENZHEN]);
    let text = prop::sample::select(vec!["", "本人签收", "驿站", "驿站：本人签收"]);
    (prop::sample::select(meanings.to_vec()), 0i64..12, city, text)
        .prop_map(|(meaning, at, city, text)| Scan { text: text.into(), ..scan(meaning, at * 10, city) })
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_changes_a_way(
        (scans, mixed) in prop::collection::vec(any_scan(), 0..12).prop_flat_map(|scans| {
            let twice = [scans.clone(), scans.clone()].concat();
            (Just(scans), Just(twice).prop_shuffle())
        }),
        handed in any::<bool>(),
        signed_elsewhere in any::<bool>(),
    ) {
        let known = Around { handed_over: handed.then(|| minute(-30)), signed_elsewhere, ..around() };
        let of = |scans: &[Scan]| Journey::of(scans, &known);
        prop_assert_eq!(of(&scans), of(&mixed));
    }

    #[test]
    fn a_suspicious_sign_never_delivers(scans in prop::collection::vec(any_scan(), 0..12)) {
        let found = journey(&scans);
        let signs: BTreeSet<_> = scans.iter().filter(|scan| scan.meaning == Meaning::Delivered).map(|s| s.at).collect();
        let doubted: BTreeSet<_> =
            found.suspicions.iter().filter(|s| s.doubt != Doubt::NeverHandedOver).map(|s| s.at).collect();
        prop_assert!(doubted.is_subset(&signs));
        if let Some(delivered) = found.delivered {
            prop_assert!(signs.contains(&delivered));
            // A sign in one city may be doubtful and one of the same moment in another good.
            let single = scans.iter().filter(|s| s.meaning == Meaning::Delivered && s.at == delivered).count() == 1;
            prop_assert!(!single || !doubted.contains(&delivered));
        }
        prop_assert!(found.phase != Phase::Delivered || found.delivered.is_some());
    }
}
