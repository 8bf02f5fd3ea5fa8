//! What of a person may stand on paper and screens: names, phones and addresses with parts hidden.
//!
//! Meets GB/T 41833-2022 (express e-waybills): at least one character of a name, at least six digits of a phone, and the
//! number of unit and room. Text that a platform masked already stays as it is.

/// 张三 → 张*, 欧阳娜娜 → 欧**; the stars don't tell the length.
pub fn name(text: &str) -> String {
    let text = text.trim();
    let mut characters = text.chars();
    match (characters.next(), characters.next(), characters.next()) {
        (None, ..) => String::new(),
        (Some(_), None, _) => "*".into(),
        (Some(first), Some(_), None) => format!("{first}*"),
        (Some(first), ..) => format!("{first}**"),
    }
}

/// 13800138000 → 1******8000; an extension stays, for without it a virtual number can't be dialled.
pub fn phone(text: &str, extension: Option<&str>) -> String {
    let (number, own_extension) = split_extension(text);
    let masked = number_masked(&number);
    match extension.map(str::trim).filter(|extension| !extension.is_empty()).or(own_extension.as_deref()) {
        Some(extension) => format!("{masked}转{extension}"),
        None => masked,
    }
}

/// The part behind the building: 文一西路969号3幢2单元1201室 → 文一西路969号3幢*单元****室.
pub fn address(text: &str) -> String {
    let characters: Vec<char> = text.trim().chars().collect();
    let mut masked = String::new();
    let mut building_seen = false;
    let mut at = 0;
    while at < characters.len() {
        let run = characters[at..].iter().take_while(|character| is_numeral(**character)).count();
        if run == 0 {
            masked.push(characters[at]);
            at += 1;
            continue;
        }
        let (numeral, after) = (&characters[at..at + run], &characters[at + run..]);
        let verdict = verdict(numeral, after, building_seen);
        building_seen |= verdict == Verdict::Building;
        match verdict {
            Verdict::Room => masked.extend(numeral.iter().map(|_| '*')),
            Verdict::BuildingAndRoom(shown) => {
                building_seen = true;
                masked.extend(&numeral[..shown]);
                masked.extend(
                    numeral[shown..].iter().map(|character| if is_joint(*character) { *character } else { '*' }),
                );
            }
            Verdict::Building | Verdict::Plain => masked.extend(numeral),
        }
        at += run;
    }
    masked
}

/// At least six digits hidden: the last four stay where enough others are hidden, the first from eleven digits on.
fn number_masked(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter_map(digit).collect();
    let hidden = digits.iter().filter(|digit| **digit == '*').count();
    if hidden >= 6 && digits.len() - hidden <= 5 {
        return digits.into_iter().collect();
    }
    let shown_last = digits.len().saturating_sub(6).min(4);
    let shown_first = usize::from(digits.len() >= 11);
    let stars = digits.len() - shown_last - shown_first;
    digits[..shown_first]
        .iter()
        .copied()
        .chain(std::iter::repeat_n('*', stars.max(6)))
        .chain(digits[digits.len() - shown_last..].iter().copied())
        .collect()
}

/// A digit in any width, or a star where somebody masked one.
fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' | '*' => Some(character),
        '０'..='９' => char::from_u32(character as u32 - '０' as u32 + '0' as u32),
        _ => None,
    }
}

/// `18412345678-1234` and `18412345678转1234` are virtual numbers; `0571-88888888` is an area code and a number.
fn split_extension(text: &str) -> (String, Option<String>) {
    let plain = text.trim().trim_start_matches("+86").trim_start_matches("0086");
    for separator in ['转', '-', '_', ',', '，', '#'] {
        let Some((number, extension)) = plain.rsplit_once(separator) else { continue };
        let digits = |text: &str| text.chars().filter_map(digit).count();
        let is_short =
            (1..=6).contains(&extension.trim().len()) && extension.trim().bytes().all(|byte| byte.is_ascii_digit());
        if digits(number) >= 11 && is_short {
            return (number.to_owned(), Some(extension.trim().to_owned()));
        }
    }
    (plain.to_owned(), None)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// A unit, floor or room: hidden.
    Room,
    /// A house or building: shown; what comes after it is inside.
    Building,
    /// `3-2-1201`: so many characters are the building's, the rest is hidden.
    BuildingAndRoom(usize),
    Plain,
}

const ROOM: &[&str] = &["单元", "室", "房", "户", "层", "楼", "铺", "门", "舍", "床", "座席", "工位"];
const BUILDING: &[&str] = &["号楼", "号院", "号馆", "幢", "栋", "座", "号", "院"];
const PLACE: &[&str] = &[
    "路", "街", "道", "巷", "村", "组", "社", "里", "区", "国道", "省道", "县道", "大道", "环", "桥", "团", "连", "队",
    "弄", "期",
];

fn verdict(numeral: &[char], after: &[char], building_seen: bool) -> Verdict {
    let text: String = after.iter().take(3).collect();
    let starts = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    let digits = numeral.iter().filter(|character| digit(**character).is_some()).count();
    if let Some(joint) = numeral.iter().position(|character| is_joint(*character)).filter(|at| *at > 0) {
        return Verdict::BuildingAndRoom(joint);
    }
    if starts(&["号楼", "号院", "号馆"]) {
        return Verdict::Building;
    }
    if starts(ROOM) {
        return Verdict::Room;
    }
    // A second 号 behind a building is a room: 3幢1201号.
    if starts(&["号"]) && building_seen {
        return Verdict::Room;
    }
    if starts(BUILDING) {
        return Verdict::Building;
    }
    if digits == 0 || starts(PLACE) {
        return Verdict::Plain;
    }
    // A number that names nothing: behind a building, or long and at the end, it is a room.
    let at_end = after.first().is_none_or(|character| !character.is_alphanumeric());
    if building_seen || (at_end && digits >= 3) { Verdict::Room } else { Verdict::Plain }
}

fn is_joint(character: char) -> bool {
    matches!(character, '-' | '/' | '－' | '—' | '–' | '~')
}

/// What a house or room number is written with, or hidden by. 一 … 十 count only where a room's word follows, which `verdict` asks.
fn is_numeral(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || character == '*'
        || is_joint(character)
        || matches!(character, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '#')
        || "一二三四五六七八九十百零〇两".contains(character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_hide_at_least_one_character() {
        for (plain, masked) in
            [("张三", "张*"), ("欧阳娜娜", "欧**"), ("李", "*"), ("John Smith", "J**"), ("𠮷野家", "𠮷**"), (" ", "")]
        {
            assert_eq!(name(plain), masked);
        }
    }

    #[test]
    fn phones_hide_at_least_six_digits() {
        for (plain, masked) in [
            ("13800138000", "1******8000"),
            ("+86 138 0013 8000", "1******8000"),
            ("１３８００１３８０００", "1******8000"),
            ("0571-88886666", "0*******6666"),
            ("8888666", "******6"),
            ("12345", "******"),
            ("1******8000", "1******8000"),
            ("138****8000", "1******8000"),
            ("18412345678-1234", "1******5678转1234"),
            ("18412345678转99", "1******5678转99"),
        ] {
            assert_eq!(phone(plain, None), masked, "{plain}");
        }
        assert_eq!(phone("18412345678", Some("4711")), "1******5678转4711");
    }

    #[test]
    fn addresses_hide_unit_and_room() {
        for (plain, masked) in [
            ("文一西路969号3幢2单元1201室", "文一西路969号3幢*单元****室"),
            ("世纪大道100号环球金融中心88楼", "世纪大道100号环球金融中心**楼"),
            ("天通苑西三区12号楼3-2-1201", "天通苑西三区12号楼3-*-****"),
            ("浦电路438弄12号502", "浦电路438弄12号***"),
            ("A座1807", "A座****"),
            ("三单元五〇二室", "*单元***室"),
            ("318国道旁团结村二组", "318国道旁团结村二组"),
            ("紫金港路866号", "紫金港路866号"),
            ("东方花园8幢1201号", "东方花园8幢****号"),
            ("人民路1号５０２室", "人民路1号***室"),
            ("阳光小区 1201", "阳光小区 ****"),
            ("0-0-门", "0-*-门"),
        ] {
            assert_eq!(address(plain), masked);
            assert_eq!(address(masked), masked, "what is masked is left as it is");
        }
    }

    proptest! {
        #[test]
        fn no_phone_shows_more_than_five_digits_or_hides_fewer_than_six(text in "[0-9]{1,13}") {
            let masked = phone(&text, None);
            prop_assert!(masked.chars().filter(|character| *character == '*').count() >= 6);
            prop_assert!(masked.chars().filter(char::is_ascii_digit).count() <= 5);
        }

        #[test]
        fn masking_twice_hides_nothing_more(text in "[0-9+-]{1,20}", place in "[一-龥0-9号室幢-]{0,30}") {
            prop_assert_eq!(phone(&phone(&text, None), None), phone(&text, None));
            prop_assert_eq!(address(&address(&place)), address(&place));
        }

        #[test]
        fn no_room_number_survives(house in 1u32..999, room in 100u32..9999) {
            let masked = address(&format!("文一西路{house}号{room}室"));
            prop_assert!(!masked.contains(&format!("{room}室")), "{}", masked);
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = (name(&text), phone(&text, Some(&text)), address(&text));
        }
    }
}
