//! What a task's notices come to, in whatever order a build sends them. Pure.

use super::message::Said;

/// What became of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Printed,
    /// Certainly nothing on paper.
    NotPrinted {
        why: String,
    },
    /// Somebody has to look.
    Doubtful {
        why: String,
    },
}

#[derive(Debug, Default)]
pub struct Progress {
    /// Its system's queue has the label.
    rendered: bool,
}

impl Progress {
    /// `tells`: notices follow once a task was taken.
    pub fn hear(&mut self, said: Said, tells: bool) -> Option<Verdict> {
        match said {
            Said::Printed => Some(Verdict::Printed),
            // The component never says more: as with a printer that answers nothing.
            Said::Taken if !tells => Some(Verdict::Printed),
            Said::Rendered => {
                self.rendered = true;
                None
            }
            // Whatever fails before it is drawn can't be on paper; afterwards its system's queue had it.
            Said::NotTaken { why } | Said::Failed { why } if !self.rendered => Some(Verdict::NotPrinted { why }),
            Said::NotTaken { why } | Said::Failed { why } | Said::Doubtful { why } => Some(Verdict::Doubtful { why }),
            Said::Taken | Said::Printers(_) | Said::NoPrinters { .. } | Said::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(tells: bool, said: &[Said]) -> Option<Verdict> {
        let mut progress = Progress::default();
        said.iter().cloned().find_map(|said| progress.hear(said, tells))
    }

    #[test]
    fn what_failed_before_it_was_drawn_is_not_printed_and_afterwards_it_is_in_doubt() {
        let why = || "offline".to_owned();
        let failed = Said::Failed { why: why() };
        let not_taken = Said::NotTaken { why: why() };
        assert_eq!(verdict(true, &[Said::Taken, failed.clone()]), Some(Verdict::NotPrinted { why: why() }));
        assert_eq!(verdict(true, std::slice::from_ref(&not_taken)), Some(Verdict::NotPrinted { why: why() }));
        assert_eq!(verdict(true, &[Said::Rendered, failed]), Some(Verdict::Doubtful { why: why() }));
        assert_eq!(verdict(true, &[Said::Rendered, not_taken]), Some(Verdict::Doubtful { why: why() }));
        assert_eq!(verdict(true, &[Said::Doubtful { why: why() }]), Some(Verdict::Doubtful { why: why() }));
    }

    #[test]
    fn taken_is_not_printed_where_notices_follow() {
        assert_eq!(verdict(true, &[Said::Taken, Said::Rendered, Said::Other]), None);
        assert_eq!(verdict(true, &[Said::Printed]), Some(Verdict::Printed), "also before it was said to be taken");
        assert_eq!(verdict(false, &[Said::Taken]), Some(Verdict::Printed));
    }
}
