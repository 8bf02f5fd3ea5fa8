//! PNG in place of a printer language: previews, and folders that somebody looks at.

use super::language::Language;
use super::profile::Profile;
use super::raster::{self, JobError};
use crate::label::Label;

pub struct Png;

impl Language for Png {
    fn job(&self, label: &Label, profile: &Profile) -> Result<Vec<u8>, JobError> {
        Ok(raster::for_printer(label, profile)?.to_png(label.dpi))
    }
}
