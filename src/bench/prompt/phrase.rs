//! What a prompt is called in every language, and parts of sentences that both say alike.

use super::Prompt;

impl Prompt {
    /// The word stories, pages and sounds know it by.
    pub fn key(&self) -> String {
        let value = serde_json::to_value(self).expect("a prompt is plain data");
        value["key"].as_str().expect("the tag is a string").to_owned()
    }
}

pub(super) fn listed(slots: &[u32]) -> String {
    match slots {
        [] => "-".into(),
        slots => slots.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Behind a good's name where there is something to say.
pub(super) fn behind(before: &str, text: Option<&str>, after: &str) -> String {
    text.map_or_else(String::new, |text| format!("{before}{text}{after}"))
}

/// As the scale's own display has it.
pub fn kilograms(grams: u32) -> String {
    format!("{}.{:03} kg", grams / 1_000, grams % 1_000)
}
