//! What makes a template refused when it is loaded: names that don't exist, elements off the paper, barcodes that a
//! scanner couldn't read.

use drivers::label::Symbology;
use minijinja::value::{Value, ValueKind};

use super::barcodes::{self, FitError};
use super::filling::Filling;
use super::template::{Area, Barcode, Element, Frame, Rows, Shape, Template, TemplateError};
use super::{dots, values};

/// Templates are checked for the coarsest printers they are used on.
const DPI: u32 = 203;
/// A hand scanner hits a bar of this height at the first try (ISO/IEC 15417 asks for 5 mm or 15 % of the width).
const LEAST_BAR_HEIGHT_MM: f64 = 8.0;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("it isn't on the paper of {0} mm")]
    OffPaper(String),
    #[error("its longest value: {0}")]
    Barcode(#[from] FitError),
    #[error("bars of {0} mm; they need {LEAST_BAR_HEIGHT_MM} mm")]
    LowBars(String),
    #[error("{0} is in its quiet zone")]
    QuietZone(String),
    #[error("rotate can be 0 or 90")]
    Rotation,
    #[error("min_size is above size")]
    Sizes,
    #[error("its columns are {columns} mm and it is {width} mm wide")]
    Columns { columns: String, width: String },
}

/// Every field that a value names is one of the document's.
pub fn fields(template: &Template) -> Result<(), TemplateError> {
    let document = Filling::example(template.subject).context();
    let name = || template.name.clone();
    for field in &template.needs {
        if !exists(&document, field) {
            return Err(TemplateError::Needs { template: name(), field: field.clone() });
        }
    }
    for (value, compiled) in template.values.templates() {
        let element = value.split('/').next().unwrap_or(value);
        let rows = template.elements.iter().find(|known| known.id == element).and_then(|known| known.shape.rows());
        let mut fields: Vec<String> = compiled.undeclared_variables(true).into_iter().collect();
        fields.sort();
        let unknown = |field: &&String| match rows {
            Some(rows) if field.as_str() == "left" || field.as_str() == "row" => !exists(&document, &rows.of),
            Some(rows) => match field.strip_prefix("row.") {
                Some(of_row) => !exists(&first_row(&document, rows), of_row),
                None => !exists(&document, field),
            },
            None => !exists(&document, field),
        };
        if let Some(field) = fields.iter().find(unknown) {
            return Err(TemplateError::Field { template: name(), element: element.to_owned(), field: field.clone() });
        }
    }
    Ok(())
}

fn first_row(document: &Value, rows: &Rows) -> Value {
    values::at_path(document, &rows.of).get_item(&Value::from(0)).unwrap_or(Value::UNDEFINED)
}

/// The carrier's own names are free; of everything else the example has every field.
fn exists(document: &Value, field: &str) -> bool {
    if field.starts_with("waybill.routing") {
        return true;
    }
    let value = values::at_path(document, field);
    value.kind() != ValueKind::Undefined
}

pub fn shapes(template: &Template) -> Result<(), TemplateError> {
    for element in &template.elements {
        let problem = on_paper(template, element)
            .and_then(|()| shape(&element.shape))
            .and_then(|()| quiet_zone(template, element));
        problem.map_err(|problem| TemplateError::Check {
            template: template.name.clone(),
            element: element.id.clone(),
            problem,
        })?;
    }
    Ok(())
}

fn on_paper(template: &Template, element: &Element) -> Result<(), Problem> {
    let Area { x, y, w, h } = element.shape.area();
    let inside = x >= 0.0 && y >= 0.0 && x + w <= template.width_mm && y + h <= template.height_mm;
    if inside && w > 0.0 && h > 0.0 {
        return Ok(());
    }
    Err(Problem::OffPaper(format!("{} × {}", template.width_mm, template.height_mm)))
}

fn shape(shape: &Shape) -> Result<(), Problem> {
    match shape {
        Shape::Text(text) => {
            if !matches!(text.rotate, 0 | 90) {
                return Err(Problem::Rotation);
            }
            sizes(text.size, text.min_size)
        }
        Shape::Code128(code) => bars(Symbology::Code128, code),
        Shape::Ean(code) => bars(Symbology::Ean, code),
        Shape::Qr(code) => {
            barcodes::qr(&code.longest, dots(code.w, DPI) as u32, code.cell, DPI)?;
            Ok(())
        }
        Shape::Line(_) | Shape::Box(_) => Ok(()),
        Shape::Rows(rows) => {
            let columns: f64 = rows.columns.iter().map(|column| column.w).sum();
            if columns > rows.w + 0.001 {
                return Err(Problem::Columns { columns: columns.to_string(), width: rows.w.to_string() });
            }
            sizes(rows.size, rows.min_size)
        }
    }
}

fn sizes(size: f64, min_size: Option<f64>) -> Result<(), Problem> {
    if min_size.is_some_and(|least| least > size) { Err(Problem::Sizes) } else { Ok(()) }
}

fn bars(symbology: Symbology, code: &Barcode) -> Result<(), Problem> {
    if !matches!(code.rotate, 0 | 90) {
        return Err(Problem::Rotation);
    }
    let (length, height) = if code.rotate == 90 { (code.h, code.w) } else { (code.w, code.h) };
    if height < LEAST_BAR_HEIGHT_MM {
        return Err(Problem::LowBars(height.to_string()));
    }
    barcodes::bars(symbology, &code.longest, dots(length, DPI) as u32, DPI)?;
    Ok(())
}

/// A barcode's box holds its quiet zone, so nothing else may reach into it. Two elements of which each has a condition
/// may share a place.
fn quiet_zone(template: &Template, code: &Element) -> Result<(), Problem> {
    if !matches!(code.shape, Shape::Code128(_) | Shape::Ean(_) | Shape::Qr(_)) {
        return Ok(());
    }
    let zone = code.shape.area();
    let intruder = template.elements.iter().find(|other| {
        let alternatives = code.is_conditional && other.is_conditional;
        other.id != code.id && !alternatives && other.shape.ink().iter().any(|ink| overlap(*ink, zone))
    });
    match intruder {
        Some(other) => Err(Problem::QuietZone(other.id.clone())),
        None => Ok(()),
    }
}

fn overlap(one: Area, other: Area) -> bool {
    let apart = one.x + one.w <= other.x
        || other.x + other.w <= one.x
        || one.y + one.h <= other.y
        || other.y + other.h <= one.y;
    !apart
}

impl Shape {
    pub(super) fn rows(&self) -> Option<&Rows> {
        match self {
            Shape::Rows(rows) => Some(rows),
            _ => None,
        }
    }

    /// Where something may be printed: of a box only its four sides.
    fn ink(&self) -> Vec<Area> {
        match self {
            Shape::Box(Frame { x, y, w, h, thickness }) => vec![
                Area { x: *x, y: *y, w: *w, h: *thickness },
                Area { x: *x, y: y + h - thickness, w: *w, h: *thickness },
                Area { x: *x, y: *y, w: *thickness, h: *h },
                Area { x: x + w - thickness, y: *y, w: *thickness, h: *h },
            ],
            other => vec![other.area()],
        }
    }
}
