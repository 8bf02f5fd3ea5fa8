//! Where a drawn label goes: into a file in a printer's language, or to a printer, which says what became of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use drivers::label::Label;
use drivers::printer::profile::Profile;
use drivers::printer::status::Outcome;
use drivers::printer::{Media, Printer, PrinterConfig, Timeouts, language};
use drivers::url::DeviceUrl;
use milepost::label::{Fonts, fonts};

/// Those of `paths`, else the system's; what can't be used is said.
pub fn fonts(paths: &[PathBuf]) -> Fonts {
    let fonts = match paths.is_empty() {
        true => Fonts::load(&[fonts::DEFAULT_PATH]),
        false => Fonts::load(paths),
    };
    for (path, problem) in fonts.problems() {
        eprintln!("milepost: font {} {problem}; the built-in bitmap font stands in", path.display());
    }
    fonts
}

pub fn encode(label: &Label, language: Option<&str>, profile: Option<&str>, output: &Path) -> anyhow::Result<Vec<u8>> {
    let by_name = || output.extension().and_then(|extension| extension.to_str());
    let profile = match (profile, language.or_else(by_name)) {
        (Some(profile), _) => Profile::builtin(profile)?,
        (None, Some(language)) => Profile::builtin(language)?,
        (None, None) => bail!("which language? Give --language zpl, tspl, cpcl, epl, escpos or png"),
    };
    let kind = language::kind_of(&profile.language).context("a built-in profile names a language there is")?;
    Ok(kind.language.job(label, &profile)?)
}

pub fn write(output: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if output == Path::new("-") {
        return std::io::stdout().write_all(bytes).context("write to the standard output");
    }
    std::fs::write(output, bytes).with_context(|| format!("write {}", output.display()))
}

/// Prints one after another until one isn't printed; what became of each that was tried.
pub fn print(labels: &[Label], url: DeviceUrl, profile: &str, media: Media) -> anyhow::Result<Vec<Outcome>> {
    let config = PrinterConfig {
        name: url.to_string(),
        url,
        profile: Profile::builtin(profile)?,
        dpi: labels.first().map_or(0, |label| label.dpi),
        media,
        watch_ms: 0,
        timeouts: Timeouts::default(),
        adjust: Default::default(),
    };
    let mut printer = Printer::new(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut outcomes = Vec::new();
    for label in labels {
        outcomes.push(runtime.block_on(printer.print(label)));
        if !outcomes.last().is_some_and(is_printed) {
            break;
        }
    }
    Ok(outcomes)
}

pub fn is_printed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Confirmed { .. } | Outcome::Accepted { .. })
}

pub fn exit_code(outcome: &Outcome) -> ExitCode {
    if is_printed(outcome) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

pub fn in_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Confirmed { .. } => "confirmed: the printer says it is done".into(),
        Outcome::Accepted { bytes } => format!("accepted: the printer took {bytes} bytes and tells no more"),
        Outcome::Refused { reason } => format!("refused, nothing was sent: {reason}"),
        Outcome::Unknown { written, of, doubt } => {
            format!("unknown, look at the paper: {written} of {of} bytes were taken; {doubt}")
        }
    }
}
