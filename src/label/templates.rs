//! The templates a station has: the built-in ones, and those of a folder over them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::template::{Sources, Template, TemplateError, overlay};

macro_rules! builtin {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../config/labels/", $name, ".toml")))),+]
    };
}

const BUILTIN: &[(&str, &str)] = builtin![
    "sf-76x130",
    "sf-76x130-reprint",
    "sf-76x130-temporary",
    "sf-76x130-temporary-reprint",
    "sf-100x150",
    "sf-100x150-reprint",
    "sf-100x150-temporary",
    "sf-100x150-temporary-reprint",
    "zto-76x130",
    "zto-76x130-reprint",
    "zto-76x130-temporary",
    "zto-76x130-temporary-reprint",
    "zto-100x150",
    "zto-100x150-reprint",
    "zto-100x150-temporary",
    "zto-100x150-temporary-reprint",
    "jd-76x130",
    "jd-76x130-reprint",
    "jd-76x130-temporary",
    "jd-76x130-temporary-reprint",
    "jd-100x150",
    "jd-100x150-reprint",
    "jd-100x150-temporary",
    "jd-100x150-temporary-reprint",
    "picklist-100x150",
    "commands-100x150",
    "commands-76x130",
    "commands-dock-100x150",
    "commands-dock-76x130",
    "code-100x150",
    "code-76x130",
    "code-60x40",
    "handover-100x150",
    "handover-76x130",
    "putback-100x150",
    "putback-76x130",
    "divider-100x150",
    "divider-76x130",
];

/// Loaded and checked.
pub struct Templates {
    sources: Sources,
    templates: BTreeMap<String, Template>,
}

impl Templates {
    pub fn builtin() -> Self {
        let sources = BUILTIN
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.parse().expect("a test loads every built-in template")));
        Self::from_sources(sources.collect()).expect("a test loads every built-in template")
    }

    /// Every `*.toml` of a folder, over the built-in ones of the same name; they may extend any template.
    pub fn with_dir(self, folder: &Path) -> Result<Self, TemplateError> {
        let file_error = |source| TemplateError::File { path: folder.display().to_string(), source };
        let mut sources = self.sources;
        for entry in fs::read_dir(folder).map_err(file_error)? {
            let path = entry.map_err(file_error)?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let (name, table) = read(&path)?;
                sources.insert(name, table);
            }
        }
        Self::from_sources(sources)
    }

    /// One file more, named like it; returns that name.
    pub fn with_file(self, path: &Path) -> Result<(Self, String), TemplateError> {
        let (name, table) = read(path)?;
        let mut sources = self.sources;
        sources.insert(name.clone(), table);
        Ok((Self::from_sources(sources)?, name))
    }

    pub fn get(&self, name: &str) -> Result<&Template, TemplateError> {
        self.templates.get(name).ok_or_else(|| TemplateError::Unknown {
            name: name.to_owned(),
            known: self.names().collect::<Vec<_>>().join(", "),
        })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.templates.keys().map(String::as_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Template> {
        self.templates.values()
    }

    fn from_sources(sources: Sources) -> Result<Self, TemplateError> {
        let load = |name: &String| {
            let table = resolved(name, &sources, &mut Vec::new())?;
            Ok((name.clone(), Template::from_table(name, table)?))
        };
        let templates = sources.keys().map(load).collect::<Result<_, TemplateError>>()?;
        Ok(Self { sources, templates })
    }
}

fn read(path: &Path) -> Result<(String, Table), TemplateError> {
    let text =
        fs::read_to_string(path).map_err(|source| TemplateError::File { path: path.display().to_string(), source })?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let table =
        text.parse().map_err(|source| TemplateError::Toml { template: name.clone(), source: Box::new(source) })?;
    Ok((name, table))
}

/// A template's table with everything it inherits.
fn resolved(name: &str, sources: &Sources, below: &mut Vec<String>) -> Result<Table, TemplateError> {
    let mut table = sources.get(name).cloned().ok_or_else(|| TemplateError::Unknown {
        name: name.to_owned(),
        known: sources.keys().cloned().collect::<Vec<_>>().join(", "),
    })?;
    let Some(Value::String(base)) = table.remove("extends") else { return Ok(table) };
    below.push(name.to_owned());
    if below.contains(&base) {
        return Err(TemplateError::Circle { template: name.to_owned(), base });
    }
    Ok(overlay(resolved(&base, sources, below)?, table))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(files: &[(&str, &str)]) -> Result<Templates, TemplateError> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(format!("{name}.toml")), text).unwrap();
        }
        Templates::builtin().with_dir(folder.path())
    }

    #[test]
    fn every_builtin_template_loads() {
        let parse = |(name, text): &(&str, &str)| {
            ((*name).to_owned(), text.parse().unwrap_or_else(|error| panic!("{name}: {error}")))
        };
        let sources: Sources = BUILTIN.iter().map(parse).collect();
        for name in sources.keys() {
            let table = resolved(name, &sources, &mut Vec::new()).unwrap();
            Template::from_table(name, table).unwrap_or_else(|error| panic!("{error}"));
        }
        assert_eq!(Templates::builtin().names().count(), BUILTIN.len());
    }

    #[test]
    fn a_folder_goes_over_the_builtin_ones() {
        let templates = with(&[("mine", "extends = 'sf-76x130'\ntitle = '我的'\n[element.sender]\nremove = true")]);
        let templates = templates.unwrap();
        let mine = templates.get("mine").unwrap();
        assert_eq!(mine.title, "我的");
        assert_eq!(mine.elements.len() + 1, templates.get("sf-76x130").unwrap().elements.len());
    }

    #[test]
    fn mistakes_are_named() {
        for (text, says) in [
            (
                "extends = 'sf-76'",
                "unknown template \"sf-76\"; known are code-100x150, code-60x40, code-76x130, commands-100x150",
            ),
            ("extends = 'mine'", "which extends it in turn"),
            ("extends = 'sf-76x130'\nwdth = 3", "unknown field `wdth`"),
            ("extends = 'sf-76x130'\n[element.sender]\nvalue = '{{ sendr.name }}'", "unknown field sendr"),
            ("extends = 'sf-76x130'\n[element.sender]\nvalue = '{{ order.total }}'", "unknown field order.total"),
            ("extends = 'sf-76x130'\n[element.sender]\nvalue = '{{ order'", "element sender: syntax error"),
            ("extends = 'sf-76x130'\n[element.sender]\nbolt = true", "unknown field `bolt`"),
            ("extends = 'sf-76x130'\nneeds = ['waybil.id']", "needs unknown field waybil.id"),
        ] {
            let error = with(&[("mine", text)]).err().unwrap().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
