//! Parts of sentences that both languages say alike.

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
