//! Bytes to text: byte order mark, then UTF-8, then GB18030 (which GBK and GB2312 are part of); nothing else is guessed.

use encoding_rs::GB18030;

use super::{IntakeError, SourceFile, workbook};

/// A day of 50 000 parcels is some 40 MB; beyond this it is not an order export.
pub const LARGEST_FILE: usize = 256 << 20;
/// The longest real rows, with long remarks, have some 4 kB.
const LONGEST_LINE: usize = 1 << 20;

pub(super) fn decode(file: &SourceFile) -> Result<String, IntakeError> {
    let name = || file.name.clone();
    let bytes = file.bytes.as_slice();
    if bytes.len() > LARGEST_FILE {
        return Err(IntakeError::TooLarge { file: name(), mib: bytes.len() >> 20, limit: LARGEST_FILE >> 20 });
    }
    if workbook::is_workbook(bytes) || workbook::is_old(bytes) {
        return Err(IntakeError::Workbook { file: name() });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(IntakeError::Empty { file: name() });
    }
    for (line, text) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        if text.len() > LONGEST_LINE {
            return Err(IntakeError::LongLine { file: name(), line, limit: LONGEST_LINE });
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return if text.contains('\0') {
            Err(IntakeError::Encoding { file: name(), line: line_of_nul(bytes) })
        } else {
            Ok(text.to_owned())
        };
    }
    // GB18030 never uses 0x0A inside a character, so lines can be decoded one by one to name the broken one.
    if let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes)
        && !text.contains('\0')
    {
        return Ok(text.into_owned());
    }
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    let (good, _) = bytes.split_at(valid);
    if !good.is_ascii() {
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count() as u64;
        return Err(IntakeError::Encoding { file: name(), line });
    }
    let broken =
        |line: &[u8]| line.contains(&0) || GB18030.decode_without_bom_handling_and_without_replacement(line).is_none();
    let line = (1..).zip(bytes.split(|byte| *byte == b'\n')).find(|(_, line)| broken(line)).map_or(1, |(line, _)| line);
    Err(IntakeError::Encoding { file: name(), line })
}

fn line_of_nul(bytes: &[u8]) -> u64 {
    let before = bytes.iter().take_while(|byte| **byte != 0);
    1 + before.filter(|byte| **byte == b'\n').count() as u64
}
