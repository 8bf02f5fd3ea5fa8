//! The one integration-test binary: a module per subject.

mod journal;
mod story;
mod address;
mod intake;
