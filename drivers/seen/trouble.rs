//! Why a device can't be used, judged from what the kernel shows. What to do about it is said by whoever tells a person.

/// What the kernel shows of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeState {
    pub there: bool,
    /// Whether this user may read and write it.
    pub allowed: bool,
    /// Other processes that have it open, as far as this user may see.
    pub holders: Vec<Holder>,
    /// A serial port on USB; ModemManager talks to no other.
    pub usb_serial: bool,
    pub modem_manager_runs: bool,
    /// A device rule keeps ModemManager away.
    pub modem_manager_kept_away: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    pub pid: u32,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    Absent,
    /// The user may not open it: no device rule names it, or none is installed.
    NotAllowed,
    /// Another program has it. Nobody where the kernel doesn't tell whom.
    Held {
        by: Vec<Holder>,
    },
    /// It takes every serial port on USB for a modem at first.
    ModemManager,
    /// CUPS runs, and may have a queue for this printer.
    Cups,
}

impl Trouble {
    /// Whether the device works all the same, most of the time.
    pub fn is_a_warning(&self) -> bool {
        matches!(self, Trouble::ModemManager | Trouble::Cups)
    }
}

pub fn of(state: &NodeState) -> Vec<Trouble> {
    if !state.there {
        return vec![Trouble::Absent];
    }
    let mut troubles = Vec::new();
    if !state.allowed {
        troubles.push(Trouble::NotAllowed);
    }
    if !state.holders.is_empty() {
        troubles.push(Trouble::Held { by: state.holders.clone() });
    }
    let by_modem_manager = state.holders.iter().any(|holder| holder.name == MODEM_MANAGER);
    if state.usb_serial && state.modem_manager_runs && !state.modem_manager_kept_away && !by_modem_manager {
        troubles.push(Trouble::ModemManager);
    }
    troubles
}

pub const MODEM_MANAGER: &str = "ModemManager";

#[cfg(test)]
mod tests {
    use super::*;

    fn fine() -> NodeState {
        NodeState { there: true, allowed: true, ..NodeState::default() }
    }

    #[test]
    fn each_obstacle_is_named() {
        let held = vec![Holder { pid: 7, name: "screen".into() }];
        assert_eq!(of(&fine()), []);
        assert_eq!(of(&NodeState { there: false, ..fine() }), [Trouble::Absent]);
        assert_eq!(of(&NodeState { allowed: false, ..fine() }), [Trouble::NotAllowed]);
        let both = NodeState { allowed: false, holders: held.clone(), ..fine() };
        assert_eq!(of(&both), [Trouble::NotAllowed, Trouble::Held { by: held }]);
    }

    #[test]
    fn a_modem_manager_is_told_where_it_may_come() {
        let port = NodeState { usb_serial: true, modem_manager_runs: true, ..fine() };
        assert_eq!(of(&port), [Trouble::ModemManager]);
        assert!(of(&port)[0].is_a_warning());
        assert_eq!(of(&NodeState { modem_manager_kept_away: true, ..port.clone() }), []);
        assert_eq!(of(&NodeState { usb_serial: false, ..port.clone() }), []);
        let it_has_it = vec![Holder { pid: 9, name: MODEM_MANAGER.into() }];
        let held = NodeState { holders: it_has_it.clone(), ..port };
        assert_eq!(of(&held), [Trouble::Held { by: it_has_it }], "once is enough");
    }
}
