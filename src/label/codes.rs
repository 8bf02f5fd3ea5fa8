//! The codes of our own that a site prints, and which template a paper takes. Each says to people what it holds, in large
//! print; what no scanner would give back as it was is refused before anything is drawn.

use super::filling::{CodeData, Filling};
use super::template::Template;
use super::templates::Templates;
use crate::domain::code::{self, Code, Command};
use crate::domain::material::Material;
use crate::domain::reason::{Reason, Reasons};
use crate::domain::returned::Finding;

/// More at once are a typing error, and a roll of paper.
pub const MOST: usize = 1_000;
/// Beyond it nobody reads a code's name from where they stand.
const LONGEST: usize = 40;
/// Of a badge, as the hub issues it.
const BADGE: usize = 16;

/// Templates that differ only by their paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// One code in large print.
    Code,
    /// What a packer says by scanning it.
    Commands,
    /// What is said at a dock.
    Dock,
}

/// Why a label isn't made. Each names the code and the cure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("{what} has no code: write one, e.g. {example}")]
    Empty { what: &'static str, example: &'static str },
    #[error("{what} {name:?} holds {character:?}, which no scanner reads back safely: use letters, digits and - . / _")]
    Character { what: &'static str, name: String, character: char },
    #[error("{what} {name:?} is longer than {LONGEST} characters: nobody could read it, give it a shorter one")]
    Long { what: &'static str, name: String },
    #[error("plate {plate:?} holds {character:?}: a plate is letters and digits, as it is written on the vehicle")]
    Plate { plate: String, character: char },
    #[error("{0:?} is no badge of the hub's: give what `milepost hub badge` printed, it begins with @@B:")]
    Badge(String),
    #[error("{name:?} stands there twice: two labels of one code would be taken for each other")]
    Twice { name: String },
    #[error("{range:?} is no range: write the first and the last, e.g. T001..T050")]
    Range { range: String },
    #[error("{range:?} has nothing in it: the first is behind the last")]
    Backwards { range: String },
    #[error("these are {count} labels and {MOST} at once are the most: print them in parts")]
    Many { count: u64 },
}

/// No template draws this on such paper, and none is scaled to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no template draws {family}-… on {paper} mm, and none is ever scaled: print on {known}, or add a template {family}-{paper}"
)]
pub struct PaperError {
    family: &'static str,
    paper: String,
    known: String,
}

impl Family {
    pub fn as_str(self) -> &'static str {
        match self {
            Family::Code => "code",
            Family::Commands => "commands",
            Family::Dock => "commands-dock",
        }
    }

    /// The papers it is drawn on, e.g. `76x130`; a site's own templates count.
    pub fn papers(self, templates: &Templates) -> Vec<&str> {
        let is_paper = |rest: &&str| rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'x' | b'.'));
        templates
            .names()
            .filter_map(|name| name.strip_prefix(self.as_str())?.strip_prefix('-'))
            .filter(is_paper)
            .collect()
    }

    pub fn on<'a>(self, paper: &str, templates: &'a Templates) -> Result<&'a Template, PaperError> {
        let name = format!("{}-{paper}", self.as_str());
        let known = || self.papers(templates).join(" or ");
        let family = self.as_str();
        templates.get(&name).map_err(|_| PaperError { family, paper: paper.to_owned(), known: known() })
    }
}

/// A badge that the hub issued; `code` as it printed it, check character included.
pub fn badge(code: &str, name: &str, says: &str) -> Result<CodeData, CodeError> {
    match Code::parse(code) {
        Code::Badge(value) if value.len() == BADGE => Ok(data(code.trim(), name, says)),
        _ => Err(CodeError::Badge(code.to_owned())),
    }
}

/// One that no scanner knows, in a badge's shape: for seeing whether a label can be drawn before a badge is issued.
pub fn no_badge(name: &str, says: &str) -> CodeData {
    data(&code::own('B', &"0".repeat(BADGE)), name, says)
}

pub fn bin(name: &str, says: &str) -> Result<CodeData, CodeError> {
    let name = plain("bin", "A-01-01", name)?;
    Ok(data(&code::own('L', name), name, says))
}

pub fn tote(name: &str) -> Result<CodeData, CodeError> {
    let name = plain("tote", "T001", name)?;
    Ok(data(&code::own('T', name), name, ""))
}

pub fn bag(name: &str) -> Result<CodeData, CodeError> {
    let name = plain("bag", "G001", name)?;
    Ok(data(&code::own('G', name), name, ""))
}

pub fn pick_list(wave: &str) -> Result<CodeData, CodeError> {
    let wave = plain("pick list", "W20260218-1", wave)?;
    Ok(data(&code::own('P', wave), wave, ""))
}

/// The slots of a wall; each says its number, which the screen and the voice say too.
pub fn slots(station: &str, place: &str, count: u32) -> Result<Vec<CodeData>, CodeError> {
    let station = plain("station", "SZ-01", station)?;
    let place = plain("place", "wall-1", place)?;
    at_most(u64::from(count))?;
    if count == 0 {
        return Err(CodeError::Backwards { range: format!("{station} {place} 1..0") });
    }
    let says = format!("{station} {place}");
    let slot = |number| data(&code::own('T', &code::slot(station, place, number)), &format!("{number:02}"), &says);
    Ok((1..=count).map(slot).collect())
}

/// A driver's vehicle. The dot that some write behind the city's letter isn't on the plate.
pub fn vehicle(plate: &str) -> Result<CodeData, CodeError> {
    let plate: String = plate.chars().filter(|c| !matches!(c, '·' | '•' | ' ')).flat_map(char::to_uppercase).collect();
    if plate.is_empty() {
        return Err(CodeError::Empty { what: "the vehicle", example: "B12345" });
    }
    if let Some(character) = plate.chars().find(|c| !c.is_alphanumeric()) {
        return Err(CodeError::Plate { plate, character });
    }
    short("plate", &plate)?;
    Ok(data(&code::own('V', &plate), &plate, ""))
}

/// Packing material, with what one piece weighs.
pub fn materials(materials: &[Material]) -> Result<Vec<CodeData>, CodeError> {
    let of = |material: &Material| {
        let code = plain("material", "BOX-3", &material.code)?;
        Ok(data(&code::own('M', code), &material.name, &format!("{code} · {} g", material.weight_g)))
    };
    materials.iter().map(of).collect()
}

/// What is said at a returns desk: why goods come back, what they are like, and that nothing names the box. `commands` are the names
/// of a box without a number, of its close and of opening it again, each in two languages.
pub fn returns(reasons: &Reasons, commands: [(&str, &str); 3]) -> Vec<CodeData> {
    let reason = |reason: &Reason| {
        let command = Command::Reason(reason.code.to_lowercase());
        data(&code::own('C', &command.text()), &reason.zh, &reason.en)
    };
    let finding =
        |finding: Finding| data(&code::own('C', &Command::Finding(finding).text()), finding.zh(), finding.en());
    let said = [Command::NoNumber, Command::CloseHandover, Command::ReopenHandover].into_iter().zip(commands);
    let said = said.map(|(command, (zh, en))| data(&code::own('C', &command.text()), zh, en));
    reasons.all().iter().map(reason).chain(Finding::ALL.into_iter().map(finding)).chain(said).collect()
}

/// `T001..T050` is fifty names, all of the same length; anything without `..` is one.
pub fn range(text: &str) -> Result<Vec<String>, CodeError> {
    let Some((first, last)) = text.split_once("..") else { return Ok(vec![text.to_owned()]) };
    let no_range = || CodeError::Range { range: text.to_owned() };
    let (head, from) = numbered(first).ok_or_else(no_range)?;
    let (other, to) = numbered(last).ok_or_else(no_range)?;
    if head != other || first.len() != last.len() {
        return Err(no_range());
    }
    if from > to {
        return Err(CodeError::Backwards { range: text.to_owned() });
    }
    at_most((to - from).saturating_add(1))?;
    let digits = first.len() - head.len();
    Ok((from..=to).map(|number| format!("{head}{number:0digits$}")).collect())
}

/// No code twice, and not too many.
pub fn together(codes: Vec<CodeData>) -> Result<Vec<CodeData>, CodeError> {
    at_most(codes.len() as u64)?;
    let mut seen = std::collections::BTreeSet::new();
    match codes.iter().find(|data| !seen.insert(&data.code)) {
        Some(twice) => Err(CodeError::Twice { name: twice.title.clone() }),
        None => Ok(codes),
    }
}

/// What fills a sheet of commands: its codes stand in its template.
pub fn commands(template: &Template) -> Filling {
    Filling::example(template.subject)
}

fn data(code: &str, title: &str, subtitle: &str) -> CodeData {
    CodeData { code: code.to_owned(), title: title.trim().to_owned(), subtitle: subtitle.trim().to_owned() }
}

/// What every symbology and every keyboard scanner gives back as it was.
fn plain<'a>(what: &'static str, example: &'static str, name: &'a str) -> Result<&'a str, CodeError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(CodeError::Empty { what, example });
    }
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | '_');
    match name.chars().find(|character| !is_plain(character)) {
        Some(character) => Err(CodeError::Character { what, name: name.to_owned(), character }),
        None => short(what, name).map(|()| name),
    }
}

fn short(what: &'static str, name: &str) -> Result<(), CodeError> {
    match name.chars().count() {
        ..=LONGEST => Ok(()),
        _ => Err(CodeError::Long { what, name: name.to_owned() }),
    }
}

fn at_most(count: u64) -> Result<(), CodeError> {
    if count > MOST as u64 { Err(CodeError::Many { count }) } else { Ok(()) }
}

/// `T001` is `T` and 1.
fn numbered(name: &str) -> Option<(&str, u64)> {
    let head = name.trim_end_matches(|c: char| c.is_ascii_digit());
    Some((head, name[head.len()..].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_as_what_it_is() {
        let code = |data: Result<CodeData, CodeError>| Code::parse(&data.expect("a code").code);
        assert_eq!(code(bin("A-01-01", "")), Code::Bin("A-01-01".into()));
        assert_eq!(code(tote(" T001 ")), Code::Tote("T001".into()));
        assert_eq!(code(pick_list("W1")), Code::PickList("W1".into()));
        let boxes =
            materials(&[Material { code: "BOX-3".into(), name: "3号纸箱".into(), weight_g: 120 }]).expect("a box");
        assert_eq!(
            (Code::parse(&boxes[0].code), boxes[0].subtitle.as_str()),
            (Code::Material("BOX-3".into()), "BOX-3 · 120 g")
        );
        assert_eq!(code(vehicle("粤b·12345")), Code::Vehicle("粤B12345".into()));
        assert_eq!(
            code(badge(&code::own('B', "AAAABBBBCCCCDDDD"), "李雷", "")),
            Code::Badge("AAAABBBBCCCCDDDD".into())
        );
        assert!(matches!(Code::parse(&no_badge("李雷", "").code), Code::Badge(_)));
        let slots = slots("SZ-01", "wall-1", 24).expect("slots");
        assert_eq!((slots.len(), slots[6].title.as_str()), (24, "07"));
        assert_eq!(Code::parse(&slots[6].code), Code::Tote("SZ-01-wall-1-07".into()));
    }

    #[test]
    fn a_returns_desks_codes_are_read_back_as_what_they_say() {
        let commands = [("a", "A"), ("b", "B"), ("c", "C")];
        let all = returns(&Reasons::builtin(), commands);
        assert_eq!(all.len(), 12 + 5 + 3);
        let command = |at: usize| match Code::parse(&all[at].code) {
            Code::Command(command) => command,
            other => panic!("{other:?}"),
        };
        assert_eq!((command(0), all[0].title.as_str()), (Command::Reason("no-reason".into()), "七天无理由"));
        assert_eq!((command(12), all[12].title.as_str()), (Command::Finding(Finding::Good), "良品"));
        assert_eq!((command(17), command(19)), (Command::NoNumber, Command::ReopenHandover));
        assert_eq!(together(all.clone()).map(|all| all.len()), Ok(20));
    }

    #[test]
    fn ranges_keep_their_digits() {
        assert_eq!(range("T098..T101"), Ok(["T098", "T099", "T100", "T101"].map(str::to_owned).to_vec()));
        assert_eq!(range("A-1"), Ok(vec!["A-1".to_owned()]));
        assert_eq!(range("T1..T1"), Ok(vec!["T1".to_owned()]));
        for wrong in ["T1..T10", "T1..B9", "T..T9", "..", "T01..T02..T03"] {
            assert_eq!(range(wrong), Err(CodeError::Range { range: wrong.to_owned() }), "{wrong}");
        }
        assert!(matches!(range("T050..T001"), Err(CodeError::Backwards { .. })));
        assert_eq!(range("T000001..T100000"), Err(CodeError::Many { count: 100_000 }));
        assert_eq!(
            range("T0..T18446744073709551615").map(|all| all.len()),
            Err(CodeError::Range { range: "T0..T18446744073709551615".into() })
        );
    }

    #[test]
    fn what_no_scanner_gives_back_is_refused() {
        for (name, character) in [("A\u{7}1", '\u{7}'), ("甲-01", '甲'), ("A 01", ' '), ("A\n1", '\n'), ("@@C", '@')]
        {
            let refused = CodeError::Character { what: "bin", name: name.into(), character };
            assert_eq!(bin(name, ""), Err(refused), "{name:?}");
        }
        assert!(matches!(bin(" ", ""), Err(CodeError::Empty { .. })));
        assert!(bin(&"A".repeat(40), "").is_ok());
        assert!(matches!(tote(&"A".repeat(41)), Err(CodeError::Long { .. })));
        assert!(matches!(vehicle("粤B-12345"), Err(CodeError::Plate { character: '-', .. })));
        assert!(matches!(badge("@@B:AAAABBBBCCCCDDDDX", "x", ""), Err(CodeError::Badge(_))));
        assert!(matches!(badge(&code::own('B', "SHORT"), "x", ""), Err(CodeError::Badge(_))));
        assert!(slots("SZ-01", "wall-1", 0).is_err() && slots("SZ-01", "wall-1", 1_001).is_err());
        let twice = vec![bin("A", "").expect("a bin"), bin("A", "left").expect("a bin")];
        assert_eq!(together(twice), Err(CodeError::Twice { name: "A".into() }));
    }

    #[test]
    fn a_paper_takes_its_own_template_or_none() {
        let templates = Templates::builtin();
        assert_eq!(Family::Commands.papers(&templates), ["100x150", "76x130"]);
        assert_eq!(Family::Dock.on("76x130", &templates).expect("a template").name, "commands-dock-76x130");
        let refused = Family::Code.on("50x30", &templates).err().expect("no such template").to_string();
        assert!(refused.contains("code-… on 50x30 mm, and none is ever scaled"), "{refused}");
        assert!(refused.contains("100x150 or 60x40 or 76x130"), "{refused}");
    }
}
