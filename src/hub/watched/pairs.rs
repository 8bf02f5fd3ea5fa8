//! Which files are imported together: an order file with the lines file that has lines of its orders.

use std::collections::HashSet;
use std::time::Instant;

use super::still::Seen;
use crate::intake::{Holds, Part};

/// Files that go in as one import.
pub(super) struct Group {
    pub files: Vec<Seen>,
    pub state: State,
    /// Since when its last file stands still.
    pub since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Complete,
    /// Some orders have no lines yet: another lines file may be on its way.
    Short,
    Without(Part),
}

/// Files that share an order go together, in the order they came; one that is whole goes alone.
pub(super) fn groups(files: Vec<(Seen, Instant, Holds)>) -> Vec<Group> {
    let mut groups: Vec<Vec<(Seen, Instant, Holds)>> = Vec::new();
    for file in files {
        let (shared, apart): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(|other| other.2.shares_orders(&file.2)));
        let mut joined: Vec<_> = shared.into_iter().flatten().collect();
        joined.push(file);
        groups = apart;
        groups.push(joined);
    }
    groups.into_iter().map(group).collect()
}

fn group(files: Vec<(Seen, Instant, Holds)>) -> Group {
    let has = |wanted: Part| files.iter().any(|(.., holds)| holds.has(wanted));
    let of = |part: Part| files.iter().flat_map(move |(.., holds)| holds.orders_of(part));
    let lines: HashSet<&str> = of(Part::Lines).collect();
    let state = match [Part::Orders, Part::Lines].into_iter().find(|part| !has(*part)) {
        Some(part) => State::Without(part),
        None if of(Part::Orders).all(|order| lines.contains(order)) => State::Complete,
        None => State::Short,
    };
    let since = files.iter().map(|(_, since, _)| *since).max().expect("a group has a file");
    Group { state, since, files: files.into_iter().map(|(seen, ..)| seen).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, holds: Holds) -> (Seen, Instant, Holds) {
        (Seen { name: name.into(), size: 1, changed: None }, Instant::now(), holds)
    }

    fn half(part: Part, orders: &[&str]) -> Holds {
        Holds::Half { channel: "tmall".into(), part, orders: orders.iter().map(|no| (*no).to_owned()).collect() }
    }

    #[test]
    fn a_pair_is_known_by_its_orders_and_not_by_its_names() {
        let files = vec![
            file("whole", Holds::Whole),
            file("o1", half(Part::Orders, &["1", "2"])),
            file("o2", half(Part::Orders, &["3"])),
            file("l2", half(Part::Lines, &["3", "4"])),
            file("o5", half(Part::Orders, &["5", "6"])),
            file("l5", half(Part::Lines, &["5"])),
            file("l9", half(Part::Lines, &["9"])),
            file("l1", half(Part::Lines, &["2", "1"])),
            file("another whole", Holds::Whole),
        ];
        let told: Vec<(Vec<String>, State)> = groups(files)
            .into_iter()
            .map(|group| (group.files.into_iter().map(|seen| seen.name).collect(), group.state))
            .collect();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            told,
            [
                (names(&["whole"]), State::Complete),
                (names(&["o2", "l2"]), State::Complete),
                (names(&["o5", "l5"]), State::Short),
                (names(&["l9"]), State::Without(Part::Orders)),
                (names(&["o1", "l1"]), State::Complete),
                (names(&["another whole"]), State::Complete),
            ]
        );
    }
}
