//! The config of a story's station, as its settings are by then.

use milepost::domain::material::Material;

use super::rehearsal::BESIDE;
use super::shelf;
use super::stage::{PLACE, Stage};

impl Stage {
    pub(super) fn config(&self, budget_ms: u64) -> String {
        let printer = if self.has_printer { "printer = \"desk\"\n" } else { "" };
        let scan_back = self.scan_back.as_ref().map_or(String::new(), |value| format!("scan_back = \"{value}\"\n"));
        // In a wave two labels are under way at once, as in the rehearsal.
        format!(
            r#"{base}
[[place]]
name = "{PLACE}"
role = "{role}"
scanners = ["gun"]
window = 2
stamp_only = {stamp_only}
boxes = {boxes}
slots = {slots}
dividers = {dividers}
handover = {handover}
put_back_slips = {slips}
idle_lock_min = {idle}
{printer}{scan_back}{scale}
[[scanner]]
name = "gun"
url = "tcp://127.0.0.1:0"
feedback = true
duplicate_window_ms = 0
[[printer]]
name = "desk"
url = "tcp://{wire}"
profile = {profile}
media = "76x130"
timeouts = {{ connect_ms = 5000, stall_ms = 60000, answer_ms = {answer}, confirm_ms = 60000, total_ms = 120000 }}
{scales}{min_days}{materials}{beside}[refunds]
strict = {strict}
stale_after_min = {stale_after}
"#,
            materials = materials(),
            beside = if self.shares { self.beside(&scan_back) } else { String::new() },
            scale = if self.scale.is_some() { "scale = \"scale\"" } else { "" },
            scales = self
                .scale
                .as_ref()
                .map_or(String::new(), |scale| { format!("[[scale]]\nname = \"scale\"\nurl = \"{}\"\n", scale.url) }),
            base = self.base.replace("budget_ms = 400", &format!("budget_ms = {budget_ms}")),
            role = self.role,
            stamp_only = self.stamp_only && self.role == "pack",
            boxes = self.boxes && self.role == "pack",
            slots = self.slots,
            dividers = self.dividers,
            handover = self.handover && self.role == "dock",
            slips = self.slips,
            strict = self.strict,
            stale_after = if self.is_stale { 0.001 } else { 30.0 },
            min_days = self.min_days,
            idle = if self.is_idle { 0.001 } else { 0.0 },
            wire = self.wire.address,
            // One that stopped answering would be another story.
            profile = if self.silent { "{ language = \"zpl\", answers = false }" } else { "\"zpl\"" },
            // One that hangs is waited for, for as long as it takes.
            answer = if self.hangs { 60_000 } else { 300 },
        )
    }

    fn beside(&self, scan_back: &str) -> String {
        format!(
            r#"[[place]]
name = "{BESIDE}"
role = "{role}"
scanners = ["gun-2"]
printer = "desk"
{scan_back}
[[scanner]]
name = "gun-2"
url = "tcp://127.0.0.1:0"
feedback = true
duplicate_window_ms = 0
"#,
            role = self.role,
        )
    }
}

fn materials() -> String {
    let table = |of: Material| {
        format!("[[material]]\ncode = \"{}\"\nname = \"{}\"\nweight_g = {}\n", of.code, of.name, of.weight_g)
    };
    shelf::materials().into_iter().map(table).collect()
}
