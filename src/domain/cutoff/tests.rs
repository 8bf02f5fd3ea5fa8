//! Cut-offs as tables: what may be written, what it means at a moment, and what is said of the rest.

use proptest::prelude::*;

use super::*;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

fn us(at: &str, zone: &TimeZone) -> i64 {
    let at: jiff::civil::DateTime = at.parse().expect("a moment");
    at.to_zoned(zone.clone()).expect("within the calendar").timestamp().as_microsecond()
}

fn cutoff(carrier: CarrierCode, warehouse: Option<&str>, at: &[&str]) -> Cutoff {
    let at = at.iter().map(|text| text.parse().expect("a good one")).collect();
    Cutoff { carrier, warehouse: warehouse.map(str::to_owned), at, pickup: Vec::new() }
}

/// SF's next cut-off, as a clock on the warehouse's wall shows it.
fn next(at: &[&str], now: &str, zone: &TimeZone) -> String {
    let cutoffs = Cutoffs::try_from(vec![cutoff(CarrierCode::Sf, None, at)]).expect("good ones");
    let next = cutoffs.timetable(zone.clone()).next_us(CarrierCode::Sf, "SZ", us(now, zone)).expect("one every week");
    let next = Timestamp::from_microsecond(next).expect("a time").to_zoned(zone.clone());
    next.strftime("%a %m-%d %H:%M").to_string()
}

#[test]
fn the_next_one_is_strictly_after_the_moment() {
    let shanghai = zone("Asia/Shanghai");
    let week = ["mon-sat 17:00", "sun 12:00"];
    let twice = ["daily 11:00", "daily 17:00"];
    for (at, now, expected) in [
        (&week[..], "2026-11-30T16:59:59", "Mon 11-30 17:00"),
        (&week, "2026-11-30T17:00", "Tue 12-01 17:00"),
        (&week, "2026-12-05T17:00:01", "Sun 12-06 12:00"),
        (&week, "2026-12-06T12:00", "Mon 12-07 17:00"),
        (&twice, "2026-11-30T00:00", "Mon 11-30 11:00"),
        (&twice, "2026-11-30T11:00", "Mon 11-30 17:00"),
        (&twice, "2026-11-30T23:59", "Tue 12-01 11:00"),
        // Over midnight, over a month, over a year.
        (&["daily 00:30"], "2026-11-30T23:50", "Tue 12-01 00:30"),
        (&["daily 00:00"], "2026-12-31T23:59:59", "Fri 01-01 00:00"),
        // A week later, on the same day.
        (&["mon 09:00"], "2026-11-30T08:59", "Mon 11-30 09:00"),
        (&["mon 09:00"], "2026-11-30T09:00", "Mon 12-07 09:00"),
        (&["mon,wed 18:00"], "2026-11-30T18:30", "Wed 12-02 18:00"),
        // A range over the end of the week.
        (&["fri-mon 20:00"], "2026-11-30T20:00", "Fri 12-04 20:00"),
        (&["fri-mon 20:00"], "2026-12-06T20:00", "Mon 12-07 20:00"),
    ] {
        assert_eq!(next(at, now, &shanghai), expected, "{at:?} after {now}");
    }
}

#[test]
fn an_hour_that_a_zone_leaves_out_still_has_its_cutoff() {
    let berlin = zone("Europe/Berlin");
    assert_eq!(next(&["sun 02:30"], "2027-03-28T01:00", &berlin), "Sun 03-28 03:30");
    assert_eq!(next(&["daily 17:00"], "2027-03-27T18:00", &berlin), "Sun 03-28 17:00");
}

#[test]
fn a_warehouses_own_times_come_before_those_of_all() {
    let cutoffs = vec![
        cutoff(CarrierCode::Sf, Some("SZ"), &["daily 19:00"]),
        cutoff(CarrierCode::Sf, None, &["daily 17:00"]),
        cutoff(CarrierCode::Jd, Some("HZ"), &["daily 16:00"]),
    ];
    let shanghai = zone("Asia/Shanghai");
    let table = Cutoffs::try_from(cutoffs).expect("good ones").timetable(shanghai.clone());
    let now_us = us("2026-11-30T12:00", &shanghai);
    let hours = |carrier, warehouse| Some((table.next_us(carrier, warehouse, now_us)? - now_us) / 3_600_000_000);
    assert_eq!(hours(CarrierCode::Sf, "SZ"), Some(7));
    assert_eq!(hours(CarrierCode::Sf, "HZ"), Some(5));
    assert_eq!(hours(CarrierCode::Jd, "HZ"), Some(4));
    assert_eq!(hours(CarrierCode::Jd, "SZ"), None, "nobody said when");
    assert_eq!(hours(CarrierCode::Zto, "SZ"), None);
}

#[test]
fn what_comes_down_says_what_was_written_and_an_empty_one_says_nothing() {
    let record = |cutoff| CutoffRecord { cutoff, zone: "Asia/Shanghai".into() };
    let mut gone = cutoff(CarrierCode::Sf, Some("SZ"), &["daily 19:00"]);
    gone.at.clear();
    let records = vec![record(cutoff(CarrierCode::Sf, None, &["mon-sat 17:00"])), record(gone)];
    let text = serde_json::to_string(&records[0]).expect("plain data");
    assert_eq!(text, r#"{"carrier":"sf","at":["mon,tue,wed,thu,fri,sat 17:00"],"zone":"Asia/Shanghai"}"#);
    let read: Vec<CutoffRecord> = records
        .iter()
        .map(|record| serde_json::from_str(&serde_json::to_string(record).expect("plain data")).expect("reads itself"))
        .collect();
    assert_eq!(read, records);
    let table = Timetable::of_records(read);
    let now_us = us("2026-11-30T16:00", table.zone());
    assert_eq!(table.next_us(CarrierCode::Sf, "SZ", now_us), Some(now_us + SOON_US));
    let unknown = CutoffRecord { zone: "Asia/Atlantis".into(), ..records[0].clone() };
    assert_eq!(Timetable::of_records(vec![unknown]), Timetable::default());
    assert_eq!(Timetable::of_records(Vec::new()), Timetable::default());
    // One that was taken out before the site moved its zone.
    let record =
        |carrier, at: &[&str], zone: &str| CutoffRecord { cutoff: cutoff(carrier, None, at), zone: zone.into() };
    let kept = record(CarrierCode::Sf, &["daily 17:00"], "Asia/Shanghai");
    let table = Timetable::of_records(vec![kept, record(CarrierCode::Zto, &[], "UTC")]);
    assert_eq!(table.zone().iana_name(), Some("Asia/Shanghai"));
}

#[test]
fn what_cant_be_understood_is_named_with_its_cure() {
    for (text, says) in [
        ("", "cut-off `` is no days and time: write it like `mon-sat 17:00`"),
        ("17:00", "cut-off `17:00` is no days and time"),
        ("mon sat 17:00", "cut-off `mon sat 17:00` is no days and time"),
        ("mo-sat 17:00", "cut-off `mo-sat 17:00`: `mo-sat` is no day: use mon, tue"),
        ("mon-sat- 17:00", "`mon-sat-` is no day"),
        ("mon, 17:00", "cut-off `mon, 17:00`: `` is no day"),
        ("daily-sun 17:00", "`daily-sun` is no day"),
        ("Mon 17:00", "`Mon` is no day"),
        ("mon 24:00", "cut-off `mon 24:00`: `24:00` is no time: write hours and minutes from 00:00 to 23:59"),
        ("mon 17:60", "`17:60` is no time"),
        ("mon 5:00", "`5:00` is no time"),
        ("mon 17.00", "`17.00` is no time"),
        ("mon +7:00", "`+7:00` is no time"),
        ("mon 17:00:30", "`17:00:30` is no time"),
    ] {
        let said = text.parse::<WeeklyTime>().expect_err("nothing to be understood").to_string();
        assert!(said.contains(says), "{text}: {said}");
    }
    let twice = vec![cutoff(CarrierCode::Sf, None, &["mon 17:00"]); 2];
    assert!(Cutoffs::try_from(twice).expect_err("twice").to_string().contains("two [[cutoff]] of sf: write all"));
    let empty = vec![cutoff(CarrierCode::Jd, Some("SZ"), &[])];
    assert!(Cutoffs::try_from(empty).expect_err("no time").to_string().contains("cut-off of jd@SZ has no time"));
}

#[test]
fn an_hour_before_it_is_soon_and_a_quarter_before_it_the_last_moment() {
    let minutes = |minutes: i64| Urgency::of(Some(minutes * 60_000_000));
    assert_eq!([61, 60, 16, 15, 0].map(minutes).map(Urgency::as_str), ["later", "soon", "soon", "last", "last"]);
    assert_eq!(Urgency::of(None), Urgency::Later);
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was_meant(days in 1u8..128, hour in 0i8..24, minute in 0i8..60) {
        let on = std::array::from_fn(|day| days >> day & 1 == 1);
        let time = WeeklyTime { days: on, at: Time::new(hour, minute, 0, 0).expect("a time") };
        prop_assert_eq!(time.to_string().parse(), Ok(time));
    }

    #[test]
    fn the_next_one_is_within_a_week_and_on_a_day_that_was_named(text in "(mon|tue-thu|sat,sun|daily|fri-tue) (0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]", now_s in 1_767_225_600i64..2_000_000_000) {
        let time: WeeklyTime = text.parse().expect("a good one");
        let (zone, now) = (zone("Asia/Shanghai"), Timestamp::from_second(now_s).expect("a time"));
        let next = time.next(now, &zone).expect("one every week");
        let week_s = 7 * 86_400;
        prop_assert!(next > now && next.as_second() - now_s <= week_s);
        let local = next.to_zoned(zone);
        prop_assert!(time.days[local.weekday().to_monday_zero_offset() as usize] && local.time() == time.at);
    }
}

#[test]
fn a_cutoff_may_be_named_by_the_clock_or_whole() {
    let shanghai = zone("Asia/Shanghai");
    let at = |text: &str, now: &str| {
        let named: NamedTime = text.parse().expect("a time");
        assert_eq!(String::from(named).parse(), Ok(named));
        named.at_us(us(now, &shanghai), &shanghai)
    };
    let evening = Some(us("2026-11-30T20:00", &shanghai));
    assert_eq!(at("20:00", "2026-11-30T19:59"), evening);
    assert_eq!(at("20:00", "2026-11-30T20:00"), Some(us("2026-12-01T20:00", &shanghai)), "this one is over");
    assert_eq!(at("2026-11-30T20:00:00+08:00", "2026-12-05T09:00"), evening);
    assert!("8 pm".parse::<NamedTime>().is_err_and(|error| error.to_string().contains("`8 pm` is no time")));
}

#[test]
fn the_driver_may_come_later_than_the_cutoff() {
    let shanghai = zone("Asia/Shanghai");
    let pickup = vec!["mon-sat 20:30".parse().expect("a good one")];
    let zto = Cutoff { pickup, ..cutoff(CarrierCode::Zto, None, &["mon-sat 20:00"]) };
    let table = Cutoffs::try_from(vec![zto]).expect("one").timetable(shanghai.clone());
    let (at, driver) = (us("2026-11-30T20:00", &shanghai), us("2026-11-30T20:30", &shanghai));
    assert_eq!(table.pickup_us(CarrierCode::Zto, "SZ", at), Some(driver));
    assert_eq!(table.pickup_us(CarrierCode::Zto, "SZ", driver), Some(driver));
    assert_eq!(table.pickup_us(CarrierCode::Sf, "SZ", at), None);
    assert!(table.is_cutoff(CarrierCode::Zto, "SZ", at));
    assert!(!table.is_cutoff(CarrierCode::Zto, "SZ", driver) && !table.is_cutoff(CarrierCode::Sf, "SZ", at));
    assert_eq!(table.carriers("SZ").collect::<Vec<_>>(), [CarrierCode::Zto]);
}
