//! A rule file's texts on their way: the file and the freight tables it names, as they are shown to a hub and kept there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::routing::RoutingRules;
use super::routing_file::RoutingError;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// What messages call it.
    pub file: String,
    pub text: String,
    /// The tables' texts, by the names the file gives them.
    pub tables: BTreeMap<String, String>,
}

impl RuleFile {
    /// The shipped example.
    pub fn builtin() -> RuleFile {
        let tables = RoutingRules::BUILTIN_TABLES.map(|(name, text)| (name.to_owned(), text.to_owned()));
        RuleFile { file: "routing.toml".into(), text: RoutingRules::BUILTIN.into(), tables: tables.into() }
    }

    pub fn rules(&self) -> Result<RoutingRules, RoutingError> {
        let table = |name: &str| self.tables.get(name).cloned().ok_or_else(|| "it was not sent along".to_owned());
        RoutingRules::from_toml(&self.file, &self.text, &table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_change_of_a_file_or_its_tables_is_another_hash() {
        let hash = |file: &RuleFile| file.rules().expect("good rules").hash().to_owned();
        let known = RuleFile::builtin();
        assert_eq!(hash(&known), RoutingRules::builtin().hash());
        let renamed = RuleFile { file: "other.toml".into(), ..known.clone() };
        assert_eq!(hash(&renamed), hash(&known), "what it is called decides nothing");
        let mut dearer = known.clone();
        let table = dearer.tables.get_mut("freight/zto.csv").expect("a table");
        *table = table.replace("500", "501");
        assert_ne!(hash(&dearer), hash(&known));
        let reworded = RuleFile { text: known.text.replace("< 120", "< 121"), ..known.clone() };
        assert_ne!(hash(&reworded), hash(&known));
    }

    #[test]
    fn a_table_that_was_not_sent_is_missed() {
        let mut file = RuleFile::builtin();
        file.tables.remove("freight/jd.csv");
        let error = file.rules().expect_err("it lacks").to_string();
        assert!(error.contains("the freight table freight/jd.csv cannot be read: it was not sent along"), "{error}");
    }
}
