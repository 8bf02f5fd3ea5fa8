//! What must follow from a line of a rehearsal, and what must not go untold.

use milepost::bench::{Prompt, Tone};

use super::rehearsal::Rehearsal;
use super::script::Expected;

impl Rehearsal {
    pub(super) fn check(&self, expected: &Expected) -> Result<(), String> {
        let kinds: Vec<String> = self.facts.iter().map(|entry| entry.fact.to_parts().0).collect();
        match expected {
            Expected::Say(tone, text) => {
                let wanted = format!("{tone} {text}");
                if self.said.iter().any(|prompt| shown(prompt) == wanted) {
                    return Ok(());
                }
                Err(format!("expected {wanted:?}, was {}", self.last_said()))
            }
            Expected::Screen(tone, text) => {
                let shows = self.heart.standing(&self.shelf, &self.place.name).map(|prompt| shown(&prompt));
                let wanted = format!("{tone} {text}");
                if shows.as_ref() == Some(&wanted) {
                    return Ok(());
                }
                Err(format!("expected the screen to show {wanted:?}, it shows {shows:?}"))
            }
            Expected::NoPrint if self.printed.is_empty() => Ok(()),
            Expected::NoPrint => Err(format!("nothing should be printed, there was {:?}", self.printed)),
            Expected::Print(template, number) => {
                if self.printed.contains(&(template.clone(), number.clone())) {
                    return Ok(());
                }
                Err(format!("expected a print of {template} {number}, printed {:?}", self.printed))
            }
            Expected::Fact(kind) if kinds.contains(kind) => Ok(()),
            Expected::Fact(kind) => Err(format!("expected the fact {kind}, there were {kinds:?}")),
            Expected::NoFact(kind) if !kinds.contains(kind) => Ok(()),
            Expected::NoFact(kind) => Err(format!("the fact {kind} should not be there")),
        }
    }

    /// A story may leave out what reassures, never a label or a stop.
    pub(super) fn check_nothing_untold(&self, expected: &[Expected]) -> Result<(), String> {
        let told = expected.iter().filter(|expected| matches!(expected, Expected::Print(..))).count();
        if told != self.printed.len() {
            return Err(format!("{} labels were told, printed {:?}", told, self.printed));
        }
        let told = |text: &str| {
            expected.iter().any(|expected| match expected {
                Expected::Say(tone, said) | Expected::Screen(tone, said) => format!("{tone} {said}") == text,
                _ => false,
            })
        };
        match self.said.iter().filter(|prompt| prompt.tone() == Tone::Stop).map(shown).find(|text| !told(text)) {
            Some(text) => Err(format!("an untold {text:?}")),
            None => Ok(()),
        }
    }

    pub(super) fn last_said(&self) -> String {
        format!("{:?}", self.said.iter().map(shown).collect::<Vec<_>>())
    }
}

fn shown(prompt: &Prompt) -> String {
    let tone = serde_json::to_value(prompt.tone()).expect("a tone is a word");
    format!("{} {}", tone.as_str().expect("a tone is a word"), prompt.zh())
}
