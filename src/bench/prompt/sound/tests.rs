//! Every prompt is heard, a stop as a stop, and no sound stands in the table that nothing says.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;

/// One of each, as its name in the enum says; one that is new is here by itself.
fn every_prompt() -> Vec<Prompt> {
    let refused = serde_json::from_value::<Prompt>(json!({ "key": "?" })).expect_err("no prompt").to_string();
    let keys: Vec<&str> = refused.split('`').skip(3).step_by(2).collect();
    assert!(keys.len() > 70, "{refused}");
    keys.into_iter().map(any_of).collect()
}

fn any_of(key: &str) -> Prompt {
    let more = json!({ "stations": ["SZ-01", "SZ-02"], "out": "tea", "more": "tea", "bag": "G1", "failed": 1, "total": 30, "since": "14:02" });
    let with = |why: serde_json::Value| {
        let mut fields = json!({
            "key": key, "why": why, "name": "tea", "code": "x", "what": "y", "looks": [], "place": "bench-2", "tail": "0042",
            "printer": "desk-1", "platform": "cainiao", "tails": "0042", "carrier": "sf", "left": 2, "quantity": 3, "times": 6, "done": 9,
            "grams": 500, "expected_g": 900, "count": 10, "missing": 2, "printed": 0, "position": 4, "slot": 7,
            "slots": [7], "untouched": 1, "bin": "A-01", "tote": "T1", "wave": "W1", "until": "2026-03-01", "days": 90, "short": 1, "lot": "L1",
            "piece": 1, "plate": "B12345", "wanted": "zto", "because": "waybill",
            "return_no": "R1", "zh": "x", "en": "x", "finding": "good", "wrong": 1,
        });
        fields.as_object_mut()?.extend(more.as_object()?.clone());
        serde_json::from_value(fields).ok()
    };
    with(json!([])).or_else(|| with(json!("no font"))).unwrap_or_else(|| panic!("{key} needs a field that isn't here"))
}

fn said(prompts: &[Prompt]) -> Vec<&'static str> {
    heard(prompts, false).into_iter().map(Sound::as_str).collect()
}

fn item(left: u32) -> Prompt {
    Item { name: "tea".into(), left }
}

#[test]
fn every_prompt_begins_with_its_tone_and_goes_on_in_words() {
    for prompt in every_prompt() {
        let sounds = heard(std::slice::from_ref(&prompt), false);
        let tone = match prompt.tone() {
            Tone::Ok => Sound::Click,
            Tone::Ask => Sound::Ask,
            Tone::Warn => Sound::Warn,
            Tone::Stop if matches!(prompt, Unreadable | Broken) => Sound::Unread,
            Tone::Stop => Sound::Stop,
        };
        assert_eq!(sounds.first(), Some(&tone), "{prompt:?}");
        assert!(sounds[1..].iter().all(|word| !word.is_tone()), "{prompt:?}: {sounds:?}");
        assert!(prompt.tone() != Tone::Stop || sounds.len() > 1, "{prompt:?} stops and doesn't say why");
    }
}

#[test]
fn no_sound_is_there_for_nothing() {
    let mut all: BTreeSet<&str> = BTreeSet::from(["dropped", "paper-out", "zto", "jd"]);
    all.extend(every_prompt().iter().flat_map(|prompt| said(std::slice::from_ref(prompt))));
    for count in 1..=100 {
        all.extend(said(&[Shipped { count }]));
        all.extend(said(&[ScanItems { left: count }]));
        all.extend(said(&[PutInSlot { slot: count, name: "tea".into() }]));
    }
    let missing: Vec<_> = Sound::ALL.iter().map(|sound| sound.as_str()).filter(|name| !all.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "no prompt is heard by these");
    for sound in Sound::ALL {
        assert_eq!(Sound::parse(sound.as_str()), Some(*sound));
    }
}

#[test]
fn what_was_done_right_is_a_click_and_only_the_last_few_are_counted_aloud() {
    assert_eq!(said(&[item(12)]), ["click"]);
    assert_eq!(said(&[item(3)]), ["click", "left-3"]);
    assert_eq!(said(&[item(0)]), ["click"]);
    assert_eq!(said(&[ScanItems { left: 10 }]), ["ask", "scan-items", "left-10"]);
    assert_eq!(said(&[ScanItems { left: 11 }]), ["ask", "scan-items", "left-many"]);
    assert_eq!(said(&[Packed { carrier: CarrierCode::Zto }]), ["click", "zto"]);
    assert_eq!(said(&[Packed { carrier: CarrierCode::Jd }]), ["click", "jd"]);
}

#[test]
fn a_turn_is_one_breath_with_the_gravest_tone_once() {
    assert_eq!(said(&[item(0), Printing]), ["ask"]);
    assert_eq!(said(&[GiftLeft { name: "cup".into(), left: 1 }, item(1)]), ["ask", "gift", "left-1"]);
    let surplus = Surplus { name: "tea".into() };
    assert_eq!(said(&[item(1), surplus.clone(), surplus]), ["stop", "left-1", "surplus", "take-out"]);
    assert_eq!(said(&[]), Vec::<&str>::new());
}

#[test]
fn a_dock_hears_every_tenth_and_a_wave_not_every_label() {
    assert_eq!(said(&[Shipped { count: 1 }]), ["click", "shipped"]);
    assert_eq!(said(&[Shipped { count: 9 }]), ["click"]);
    assert_eq!(said(&[Shipped { count: 10 }]), ["click", "count-10"]);
    assert_eq!(said(&[Shipped { count: 100 }]), ["click", "count-100"]);
    assert_eq!(said(&[Shipped { count: 230 }]), ["click", "count-30"]);
    assert_eq!(said(&[WavePrinting { printed: 0, count: 500 }]), ["ask"]);
    assert_eq!(said(&[WavePrinting { printed: 7, count: 500 }]), Vec::<&str>::new());
}

#[test]
fn a_slot_is_said_by_its_number_as_far_as_there_are_words() {
    let put = |slot| said(&[PutInSlot { slot, name: "tea".into() }]);
    assert_eq!((put(1), put(24)), (vec!["click", "slot-1"], vec!["click", "slot-24"]));
    assert_eq!((put(0), put(25)), (vec!["click", "slot-other"], vec!["click", "slot-other"]));
    assert_eq!(said(&[SlotFull { slot: 7, name: "tea".into() }]), ["click", "slot-7", "slot-full"]);
}

#[test]
fn a_printer_without_paper_is_told_from_one_that_did_not_print() {
    let refused = [PrinterRefused { printer: "desk-1".into() }];
    assert_eq!(said(&refused), ["stop", "not-printed"]);
    assert_eq!(heard(&refused, true), [Sound::Stop, Sound::PaperOut]);
}
