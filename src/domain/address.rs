//! A Chinese address in one line taken apart into the levels carriers want, by the table of today's divisions
//! (`divisions.csv`, made by `tests/data/make_divisions.py`) and the words people put around them
//! (`address_words.toml`). It never guesses: what the table cannot tell is an error that names the level.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// An address by levels. Municipalities repeat themselves as the city, counties that a province administers itself
/// are city and district at once, and `district` is empty where a city has none (东莞).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub province: String,
    pub city: String,
    pub district: String,
    pub town: Option<String>,
    pub detail: String,
    pub postcode: Option<String>,
}

/// Which part could not be told. The text itself is personal and stays out of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressError {
    #[error("the address is empty: fill it in the export")]
    Empty,
    #[error("the address names no known province: begin it with province, city and district, separated by spaces")]
    Province,
    #[error(
        "the address names no known city after its province: put province, city and district first, separated by spaces"
    )]
    City,
    #[error(
        "the address names no known district after its city: put province, city and district first, separated by spaces"
    )]
    District,
    #[error("the address ends after its district: add street and house number")]
    Detail,
}

/// Takes an address apart: levels with or without spaces, with or without suffixes, postcode in brackets at the end.
pub fn split(text: &str) -> Result<Address, AddressError> {
    let text = collapse(text);
    let (text, postcode) = take_postcode(&text);
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    let start = WORDS.country.iter().find_map(|word| text.strip_prefix(word.as_str())).map_or(text, skip_separators);
    let found = place(start, Strictness::Table).or_else(|missing| {
        place(start, Strictness::Written).map_err(|later| if later > missing { later } else { missing })
    });
    let place = found.map_err(AddressError::from)?;
    let (town, detail) = take_town(place.rest);
    if detail.is_empty() {
        return Err(AddressError::Detail);
    }
    Ok(Address {
        province: place.province.to_owned(),
        city: place.city.to_owned(),
        district: place.district.to_owned(),
        town: town.map(str::to_owned),
        detail: detail.to_owned(),
        postcode: postcode.map(str::to_owned),
    })
}

/// An address that came in levels. Names the table doesn't know are kept as the platform gave them: its table may be
/// newer than ours, and its carriers deliver by it.
pub fn from_levels(province: &str, city: &str, district: &str, rest: &str) -> Result<Address, AddressError> {
    let known = split(&format!("{province} {city} {district} {rest}"));
    let given = [province, city, district].iter().all(|level| !level.is_empty());
    match known {
        Err(_) if given && !rest.trim().is_empty() => {
            let rest = collapse(rest);
            let (rest, postcode) = take_postcode(&rest);
            let (town, detail) = take_town(rest);
            Ok(Address {
                province: province.to_owned(),
                city: city.to_owned(),
                district: district.to_owned(),
                town: town.map(str::to_owned),
                detail: detail.to_owned(),
                postcode: postcode.map(str::to_owned),
            })
        }
        known => known,
    }
}

/// Whether a city has districts at all: 东莞, 中山, 儋州 and 嘉峪关 go straight to towns.
pub fn has_districts(province: &str, city: &str) -> bool {
    let Some(province) = TABLE.children("").find(|division| division.name == province) else {
        return true;
    };
    if province.name == city {
        return TABLE.children(province.code).next().is_some();
    }
    match TABLE.children(province.code).find(|division| division.name == city) {
        Some(division) => division.code.len() == 6 || TABLE.children(division.code).next().is_some(),
        None => true,
    }
}

/// A province by its full or short name, as the table writes it: 广东 is 广东省.
pub fn province(text: &str) -> Option<&'static str> {
    let found = TABLE.children("").find(|division| division.name == text || division.short == text)?;
    Some(found.name)
}

/// Whether the table has these levels, province first, all in full.
pub fn has_place(levels: &[&str]) -> bool {
    let below = |code: &'static str, name: &str| TABLE.children(code).find(|division| division.name == name);
    let Some((province, rest)) = levels.split_first() else { return false };
    let Some(province) = below("", province) else { return false };
    match rest {
        [] => true,
        [city] if *city == province.name => true,
        [city] => below(province.code, city).is_some(),
        [city, district] if *city == province.name => below(province.code, district).is_some(),
        [city, district] => below(province.code, city)
            .is_some_and(|city| city.name == *district || below(city.code, district).is_some()),
        _ => false,
    }
}

struct Division {
    code: &'static str,
    name: &'static str,
    short: &'static str,
}

struct Table {
    divisions: Vec<Division>,
    children: HashMap<&'static str, Vec<usize>>,
}

impl Table {
    fn children(&self, code: &str) -> impl Iterator<Item = &Division> {
        self.children.get(code).into_iter().flatten().map(|&index| &self.divisions[index])
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { divisions: Vec::new(), children: HashMap::new() };
    for line in include_str!("divisions.csv").lines().skip(1) {
        let mut cells = line.split(',');
        // The file is built in and every row of it is read by a test, so a short row cannot reach a user.
        let mut cell = || cells.next().expect("divisions.csv has three columns in every row");
        let division = Division { code: cell(), name: cell(), short: cell() };
        let parent = match division.code.len() {
            2 => "",
            4 => &division.code[..2],
            _ if table.children.contains_key(&division.code[..2])
                && table.divisions.iter().any(|known| known.code == &division.code[..4]) =>
            {
                &division.code[..4]
            }
            _ => &division.code[..2],
        };
        table.children.entry(parent).or_default().push(table.divisions.len());
        table.divisions.push(division);
    }
    table
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    country: Vec<String>,
    province_suffixes: Vec<String>,
    city_suffixes: Vec<String>,
    district_suffixes: Vec<String>,
    fillers: Vec<String>,
    zones: Vec<String>,
    towns: Vec<String>,
    not_after_town: Vec<String>,
    not_in_town: Vec<String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("address_words.toml"))
        .expect("address_words.toml is built in and read by every address test")
});

/// How far the search got before it failed, least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Missing {
    Province,
    City,
    District,
}

impl From<Missing> for AddressError {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Province => AddressError::Province,
            Missing::City => AddressError::City,
            Missing::District => AddressError::District,
        }
    }
}

/// Whether a district must stand in the table, or may be taken as written: zones, and places newer than the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    Table,
    Written,
}

struct Place<'t> {
    province: &'static str,
    city: &'static str,
    district: &'t str,
    rest: &'t str,
}

fn place(text: &str, strictness: Strictness) -> Result<Place<'_>, Missing> {
    let mut missing = Missing::Province;
    for province in TABLE.children("") {
        for rest in after(text, province, &WORDS.province_suffixes) {
            match in_province(rest.text, province, strictness) {
                Ok(place) => return Ok(place),
                Err(found) => missing = missing.max(found),
            }
        }
    }
    if missing == Missing::Province {
        for province in TABLE.children("") {
            match in_province(text, province, Strictness::Table) {
                Ok(place) if unambiguous(text, place.city, place.district) => return Ok(place),
                _ => {}
            }
        }
    }
    Err(missing)
}

/// Without a province the city must be named, or a district whose name the country has once.
fn unambiguous(text: &str, city: &str, district: &str) -> bool {
    let city_named = TABLE.divisions.iter().any(|division| {
        division.code.len() == 4
            && division.name == city
            && after(text, division, &WORDS.city_suffixes).next().is_some()
    });
    city_named
        || TABLE.divisions.iter().filter(|division| division.code.len() == 6 && division.name == district).count() == 1
}

fn in_province<'t>(text: &'t str, province: &'static Division, strictness: Strictness) -> Result<Place<'t>, Missing> {
    let mut missing = Missing::City;
    let is_municipality = TABLE.children(province.code).all(|child| child.code.len() == 6);
    let mut starts = vec![text];
    starts.extend(WORDS.fillers.iter().filter_map(|word| text.strip_prefix(word.as_str())).map(skip_separators));
    if is_municipality {
        missing = Missing::District;
        let repeated: Vec<&str> = after(text, province, &WORDS.province_suffixes).map(|rest| rest.text).collect();
        for rest in repeated {
            starts.push(rest);
            starts
                .extend(WORDS.fillers.iter().filter_map(|word| rest.strip_prefix(word.as_str())).map(skip_separators));
        }
        if TABLE.children(province.code).next().is_none() {
            let rest = starts.last().copied().unwrap_or(text);
            return Ok(Place { province: province.name, city: province.name, district: "", rest });
        }
    }
    for &start in &starts {
        if let Some((district, rest)) = district_of(start, province.code, strictness, is_municipality) {
            let city = if is_municipality { province.name } else { district.0 };
            return Ok(Place { province: province.name, city, district: district.1, rest });
        }
        for city in TABLE.children(province.code).filter(|child| child.code.len() == 4) {
            for rest in after(start, city, &WORDS.city_suffixes) {
                missing = Missing::District;
                if let Some(place) = in_city(&rest, province, city, strictness) {
                    return Ok(place);
                }
            }
        }
    }
    // The city left out: 浙江省余杭区.
    for city in TABLE.children(province.code).filter(|child| child.code.len() == 4) {
        if let Some((district, rest)) = district_of(text, city.code, Strictness::Table, true) {
            return Ok(Place { province: province.name, city: city.name, district: district.1, rest });
        }
    }
    Err(missing)
}

fn in_city<'t>(
    rest: &After<'t>,
    province: &'static Division,
    city: &'static Division,
    strictness: Strictness,
) -> Option<Place<'t>> {
    let found = |district, rest| Some(Place { province: province.name, city: city.name, district, rest });
    if TABLE.children(city.code).next().is_none() {
        // 中山路 is a street everywhere but in 中山市, so a bare short name must end at a space.
        let after_repeat = after(rest.text, city, &WORDS.city_suffixes)
            .find(|again| again.bounded)
            .map_or(rest.text, |again| again.text);
        return if rest.bounded { found("", after_repeat) } else { None };
    }
    let mut starts = vec![rest.text];
    starts.extend(WORDS.fillers.iter().filter_map(|word| rest.text.strip_prefix(word.as_str())).map(skip_separators));
    starts.into_iter().find_map(|start| {
        let (district, rest) = district_of(start, city.code, strictness, true)?;
        found(district.1, rest)
    })
}

/// The district at the start of `text` among the six-digit children of `parent`, as (table name, name to use).
fn district_of<'t>(
    text: &'t str,
    parent: &str,
    strictness: Strictness,
    may_be_written: bool,
) -> Option<((&'static str, &'t str), &'t str)> {
    let mut best: Option<(&'static Division, After<'t>)> = None;
    for division in TABLE.children(parent).filter(|child| child.code.len() == 6) {
        for rest in after(text, division, &WORDS.district_suffixes).filter(|rest| rest.bounded) {
            if best.as_ref().is_none_or(|(_, known)| rest.text.len() < known.text.len()) {
                best = Some((division, rest));
            }
        }
    }
    if let Some((division, rest)) = best {
        let again = after(rest.text, division, &WORDS.district_suffixes)
            .find(|again| again.full)
            .map_or(rest.text, |again| again.text);
        return Some(((division.name, division.name), again));
    }
    if strictness == Strictness::Table || !may_be_written {
        return None;
    }
    let (district, rest) = as_written(text)?;
    Some((("", district), rest))
}

/// A zone, or a third level set off by spaces: taken as the customer wrote it.
fn as_written(text: &str) -> Option<(&str, &str)> {
    const LONGEST: usize = 14; // characters; the longest legal district names have 13
    if let Some((token, rest)) = text.split_once(' ') {
        let is_district = WORDS.district_suffixes.iter().chain(&WORDS.zones).any(|word| token.ends_with(word.as_str()));
        if is_district && (2..=LONGEST).contains(&token.chars().count()) {
            return Some((token, skip_separators(rest)));
        }
    }
    let end = WORDS.zones.iter().filter_map(|zone| text.find(zone.as_str()).map(|at| at + zone.len())).min()?;
    let zone = &text[..end];
    let plain = !zone.contains(|c: char| c.is_whitespace() || c.is_ascii_digit());
    (plain && zone.chars().count() <= LONGEST).then(|| (zone, skip_separators(&text[end..])))
}

struct After<'t> {
    text: &'t str,
    /// The legal name stood there, not only the short one.
    full: bool,
    /// The name surely ended: by its suffix, a space or the end of the text.
    bounded: bool,
}

/// Every way in which `text` may begin with the division's name, and what comes after it; legal names first.
fn after<'t>(
    text: &'t str,
    division: &Division,
    suffixes: &'static [String],
) -> impl Iterator<Item = After<'t>> + use<'t> {
    let mut ways = Vec::new();
    if let Some(rest) = text.strip_prefix(division.name) {
        ways.push(After { text: skip_separators(rest), full: true, bounded: true });
    }
    if division.short != division.name
        && let Some(rest) = text.strip_prefix(division.short)
    {
        if let Some(rest) = suffixes.iter().find_map(|suffix| rest.strip_prefix(suffix.as_str())) {
            ways.push(After { text: skip_separators(rest), full: false, bounded: true });
        }
        let separated = skip_separators(rest);
        ways.push(After { text: separated, full: false, bounded: separated.len() < rest.len() || rest.is_empty() });
    }
    ways.into_iter()
}

fn take_town(text: &str) -> (Option<&str>, &str) {
    const LONGEST: usize = 10; // characters
    let Some(end) = town_end(text) else {
        return (None, text);
    };
    let (town, rest) = text.split_at(end);
    if town.chars().count() > LONGEST {
        return (None, text);
    }
    let rest = skip_separators(rest);
    (Some(town), rest)
}

fn town_end(text: &str) -> Option<usize> {
    let (end, suffix) = WORDS
        .towns
        .iter()
        .filter_map(|suffix| Some((text.find(suffix.as_str())? + suffix.len(), suffix)))
        .min_by_key(|(end, suffix)| (*end - suffix.len(), usize::MAX - suffix.len()))?;
    let name = &text[..end - suffix.len()];
    let rest = &text[end..];
    let is_name = !name.is_empty()
        && name.chars().all(|c| c.is_alphabetic() && !c.is_ascii())
        && !WORDS.not_in_town.iter().any(|word| name.contains(word.as_str()));
    let goes_on = WORDS.not_after_town.iter().any(|word| rest.starts_with(word.as_str()));
    (is_name && !goes_on && !rest.is_empty()).then_some(end)
}

fn collapse(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// `…201室(135300)`: six digits in brackets of either width at the very end; `000000` means none.
fn take_postcode(text: &str) -> (&str, Option<&str>) {
    let inner = text.strip_suffix([')', '）']).and_then(|cut| cut.rsplit_once(['(', '（']));
    match inner {
        Some((rest, code)) if code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()) => {
            (rest.trim_end(), (code != "000000").then_some(code))
        }
        _ => (text, None),
    }
}

fn skip_separators(text: &str) -> &str {
    text.trim_start_matches([' ', ',', '，', '-', '/', '、', '|'])
}
