//! A template: a TOML file in millimetres. Elements have ids, so that a template that extends another changes, adds or
//! removes them one by one; values are minijinja templates over the label data.

use std::collections::BTreeMap;

use minijinja::Environment;
use serde::Deserialize;
use toml::{Table, Value};

use super::filling::Subject;
use super::{check, values};
use crate::domain::order::CarrierCode;
use crate::domain::waybill::Origin;

/// A checked template: its barcodes are readable and its values name fields that exist.
pub struct Template {
    pub name: String,
    pub title: String,
    pub width_mm: f64,
    pub height_mm: f64,
    /// What it is filled with.
    pub subject: Subject,
    /// The only carrier it is for; any when absent.
    pub carrier: Option<CarrierCode>,
    /// The waybill origins it may show; any when empty.
    pub origins: Vec<Origin>,
    /// Fields without which the label can't be printed, e.g. `waybill.routing.dest_route_label`.
    pub needs: Vec<String>,
    pub elements: Vec<Element>,
    pub(super) values: Environment<'static>,
}

pub struct Element {
    pub id: String,
    /// Drawn only when its condition holds.
    pub is_conditional: bool,
    pub shape: Shape,
}

/// A rectangle in mm from the label's top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    Text(Text),
    Code128(Barcode),
    Ean(Barcode),
    /// A square of `w`; `h` is ignored.
    Qr(Barcode),
    /// A black rectangle.
    Line(Frame),
    /// Four lines of `thickness`.
    Box(Frame),
    Rows(Rows),
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
    pub value: String,
    /// Height of a Chinese character.
    pub size: f64,
    /// Shrinks down to it to fit.
    pub min_size: Option<f64>,
    #[serde(default)]
    pub bold: bool,
    #[serde(default)]
    pub align: Align,
    #[serde(default)]
    pub valign: Valign,
    #[serde(default)]
    pub wrap: bool,
    /// 0 or 90 degrees, clockwise.
    #[serde(default)]
    pub rotate: u32,
    /// White on black.
    #[serde(default)]
    pub invert: bool,
    /// A number, a routing code, a sku: no character may be replaced and nothing cut.
    #[serde(default)]
    pub strict: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Barcode {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    #[serde(default)]
    pub h: f64,
    /// 0 or 90 degrees, clockwise; a turned one runs from top to bottom.
    #[serde(default)]
    pub rotate: u32,
    pub value: String,
    /// The longest value that will ever stand here; it has to fit with its quiet zone.
    pub longest: String,
    /// A QR code's widest cell in mm, where it is scanned from afar; 0.5 when absent.
    pub cell: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
    #[serde(default = "hairline")]
    pub thickness: f64,
}

/// Two dots at 203 dpi.
fn hairline() -> f64 {
    0.25
}

/// A row of texts for each entry of a list; a last row counts what doesn't fit.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
    /// The list, e.g. `lines`; an entry is `row` in the columns' values.
    pub of: String,
    pub row_height: f64,
    pub size: f64,
    pub min_size: Option<f64>,
    /// What the last row says when some don't fit; `left` is their number.
    pub more: String,
    pub columns: Vec<Column>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub w: f64,
    pub value: String,
    #[serde(default)]
    pub align: Align,
    #[serde(default)]
    pub bold: bool,
    #[serde(default)]
    pub strict: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    #[default]
    Left,
    Center,
    Right,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Valign {
    #[default]
    Top,
    Middle,
    Bottom,
}

#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("unknown template {name:?}; known are {known}")]
    Unknown { name: String, known: String },
    #[error("template {template}: extends {base:?}, which extends it in turn")]
    Circle { template: String, base: String },
    #[error("template {template}: {source}")]
    Toml { template: String, source: Box<toml::de::Error> },
    #[error("template {template}, element {element}: {source}")]
    Element { template: String, element: String, source: Box<toml::de::Error> },
    #[error("template {template}, element {element}: {problem}")]
    Check { template: String, element: String, problem: check::Problem },
    #[error("template {template}, element {element}: {source}")]
    Value { template: String, element: String, source: minijinja::Error },
    #[error("template {template}, element {element}: unknown field {field}")]
    Field { template: String, element: String, field: String },
    #[error("template {template}: needs unknown field {field}")]
    Needs { template: String, field: String },
    #[error("template file {path}")]
    File { path: String, source: std::io::Error },
}

/// A template file but for its elements.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    title: String,
    width: f64,
    height: f64,
    #[serde(default)]
    document: Subject,
    carrier: Option<CarrierCode>,
    #[serde(default)]
    origins: Vec<Origin>,
    #[serde(default)]
    needs: Vec<String>,
}

impl Template {
    /// From a file's table in which nothing is inherited any more.
    pub(super) fn from_table(name: &str, mut table: Table) -> Result<Self, TemplateError> {
        let template = || name.to_owned();
        let elements = match table.remove("element") {
            Some(Value::Table(elements)) => elements,
            _ => Table::new(),
        };
        let head: Head = table
            .try_into()
            .map_err(|source| TemplateError::Toml { template: template(), source: Box::new(source) })?;
        let mut built = Self {
            name: template(),
            title: head.title,
            width_mm: head.width,
            height_mm: head.height,
            subject: head.document,
            carrier: head.carrier,
            origins: head.origins,
            needs: head.needs,
            elements: Vec::new(),
            values: values::environment(),
        };
        for (id, value) in elements {
            let Value::Table(fields) = value else { continue };
            built.add(id, fields)?;
        }
        check::fields(&built)?;
        check::shapes(&built)?;
        Ok(built)
    }

    fn add(&mut self, id: String, mut fields: Table) -> Result<(), TemplateError> {
        let when = fields.remove("when");
        let shape: Shape = Value::Table(fields).try_into().map_err(|source| TemplateError::Element {
            template: self.name.clone(),
            element: id.clone(),
            source: Box::new(source),
        })?;
        let condition = when.as_ref().and_then(Value::as_str).map(|when| format!("{{% if {when} %}}1{{% endif %}}"));
        let mut sources = shape.values();
        sources.extend(condition.iter().map(|condition| ("when".to_owned(), condition.clone())));
        for (part, source) in sources {
            self.values.add_template_owned(value_name(&id, &part), source).map_err(|source| TemplateError::Value {
                template: self.name.clone(),
                element: id.clone(),
                source,
            })?;
        }
        self.elements.push(Element { id, is_conditional: condition.is_some(), shape });
        Ok(())
    }
}

/// The name of one of an element's values among the compiled ones.
pub(super) fn value_name(element: &str, part: &str) -> String {
    format!("{element}/{part}")
}

impl Shape {
    /// Its values' names and sources.
    fn values(&self) -> Vec<(String, String)> {
        match self {
            Shape::Text(text) => vec![("value".into(), text.value.clone())],
            Shape::Code128(code) | Shape::Ean(code) | Shape::Qr(code) => vec![("value".into(), code.value.clone())],
            Shape::Line(_) | Shape::Box(_) => Vec::new(),
            Shape::Rows(rows) => {
                let columns = rows.columns.iter().enumerate();
                let mut values: Vec<_> =
                    columns.map(|(index, column)| (index.to_string(), column.value.clone())).collect();
                values.push(("more".into(), rows.more.clone()));
                values
            }
        }
    }

    pub fn area(&self) -> Area {
        let (x, y, w, h) = match self {
            Shape::Text(Text { x, y, w, h, .. }) => (x, y, w, h),
            Shape::Code128(Barcode { x, y, w, h, .. }) | Shape::Ean(Barcode { x, y, w, h, .. }) => (x, y, w, h),
            Shape::Qr(Barcode { x, y, w, .. }) => (x, y, w, w),
            Shape::Line(Frame { x, y, w, h, .. }) | Shape::Box(Frame { x, y, w, h, .. }) => (x, y, w, h),
            Shape::Rows(Rows { x, y, w, h, .. }) => (x, y, w, h),
        };
        Area { x: *x, y: *y, w: *w, h: *h }
    }
}

/// `over` on top of `base`: tables are merged key by key, anything else is replaced; `remove = true` takes an element
/// away.
pub(super) fn overlay(mut base: Table, over: Table) -> Table {
    for (key, value) in over {
        let merged = match (base.remove(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => Value::Table(overlay(below, above)),
            (_, above) => above,
        };
        let removed = merged.as_table().is_some_and(|table| table.get("remove") == Some(&Value::Boolean(true)));
        if !removed {
            base.insert(key, merged);
        }
    }
    base
}

/// Template files by name, before inheritance.
pub(super) type Sources = BTreeMap<String, Table>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_changes_adds_and_removes_elements() {
        let table = |text: &str| text.parse::<Table>().unwrap();
        let base = table("title = 'a'\n[element.one]\nx = 1\ny = 2\n[element.two]\nx = 3");
        let over = table("title = 'b'\n[element.one]\ny = 5\n[element.two]\nremove = true\n[element.three]\nx = 7");
        let expected = table("title = 'b'\n[element.one]\nx = 1\ny = 5\n[element.three]\nx = 7");
        assert_eq!(overlay(base, over), expected);
    }
}
