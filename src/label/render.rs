//! A template filled with one piece's data becomes a drawing at a printer's resolution.

use std::sync::Arc;

use drivers::bitmap::Bitmap;
use drivers::label::{Element as Drawn, Label, Symbology};
use minijinja::context;
use minijinja::value::Value;

use super::barcodes::{self, FitError};
use super::data::LabelData;
use super::filling::{Filling, Subject};
use super::fonts::Fonts;
use super::template::{Area, Barcode, Element, Frame, Rows, Shape, Template, Text, Valign, value_name};
use super::text::{self, Style, TextError};
use super::{dots, values};
use crate::domain::order::CarrierCode;
use crate::domain::waybill::Origin;

/// Why there is no label. Each names the template, and the field or element to look at.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("{template} needs {field}, which is missing: the waybill is issued and not printable")]
    Missing { template: String, field: String },
    #[error("{template} is a {wanted:?} template and is given a {given:?}'s data: choose another template")]
    Subject { template: String, wanted: Subject, given: Subject },
    #[error("{template} is a label of {wanted:?} and the waybill is of {carrier:?}")]
    Carrier { template: String, wanted: CarrierCode, carrier: CarrierCode },
    #[error("{template} can't show a {origin} number: use a template made for it")]
    Origin { template: String, origin: Origin },
    #[error("{template}, element {element}: {source}")]
    Value { template: String, element: String, source: minijinja::Error },
    #[error("{template}, element {element}: {source}")]
    Text { template: String, element: String, source: TextError },
    #[error("{template}, element {element}: {source}")]
    Barcode { template: String, element: String, source: FitError },
}

pub fn render(template: &Template, filling: &Filling, fonts: &Fonts, dpi: u32) -> Result<Label, RenderError> {
    if template.subject != filling.subject() {
        let (template, wanted, given) = (template.name.clone(), template.subject, filling.subject());
        return Err(RenderError::Subject { template, wanted, given });
    }
    if let Filling::Waybill(data) = filling {
        belongs_together(template, data)?;
    }
    let context = filling.context();
    if let Some(field) = template.needs.iter().find(|field| is_missing(&values::at_path(&context, field))) {
        return Err(RenderError::Missing { template: template.name.clone(), field: field.clone() });
    }
    let mut page = Page { template, context, fonts, dpi, drawn: Vec::new() };
    for element in &template.elements {
        page.add(element)?;
    }
    Ok(Label {
        width_dots: dots(template.width_mm, dpi) as u32,
        height_dots: dots(template.height_mm, dpi) as u32,
        dpi,
        elements: page.drawn,
    })
}

/// Carrier, number and template: the right label or none.
fn belongs_together(template: &Template, data: &LabelData) -> Result<(), RenderError> {
    let (name, waybill) = (template.name.clone(), &data.waybill);
    if let Some(wanted) = template.carrier
        && wanted != waybill.carrier
    {
        return Err(RenderError::Carrier { template: name, wanted, carrier: waybill.carrier });
    }
    let shows_temporary = waybill.number.starts_with("TMP-");
    let allowed = template.origins.is_empty() || template.origins.contains(&waybill.origin);
    if !allowed || (template.carrier.is_some() && shows_temporary != (waybill.origin == Origin::Temporary)) {
        return Err(RenderError::Origin { template: name, origin: waybill.origin });
    }
    Ok(())
}

fn is_missing(value: &Value) -> bool {
    value.is_undefined() || value.is_none() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

struct Page<'a> {
    template: &'a Template,
    context: Value,
    fonts: &'a Fonts,
    dpi: u32,
    drawn: Vec<Drawn>,
}

/// An area in dots.
#[derive(Clone, Copy)]
struct Place {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

impl Page<'_> {
    fn add(&mut self, element: &Element) -> Result<(), RenderError> {
        if element.is_conditional && self.value(element, "when", &self.context)? != "1" {
            return Ok(());
        }
        let place = self.place(element.shape.area());
        match &element.shape {
            Shape::Text(text) => self.text(element, text, place),
            Shape::Code128(code) => self.bars(element, code, Symbology::Code128, place),
            Shape::Ean(code) => self.bars(element, code, Symbology::Ean, place),
            Shape::Qr(code) => self.qr(element, code, place),
            Shape::Line(_) => {
                self.fill(place);
                Ok(())
            }
            Shape::Box(frame) => {
                self.frame(frame, place);
                Ok(())
            }
            Shape::Rows(rows) => self.rows(element, rows, place),
        }
    }

    fn text(&mut self, element: &Element, text: &Text, place: Place) -> Result<(), RenderError> {
        let value = self.value(element, "value", &self.context)?;
        if value.trim().is_empty() {
            return Ok(());
        }
        let size = |mm: f64| dots(mm, self.dpi).max(1) as u32;
        let style = Style {
            size: size(text.size),
            min_size: size(text.min_size.unwrap_or(text.size)),
            bold: text.bold,
            align: text.align,
            valign: text.valign,
            wrap: text.wrap,
            is_turned: text.rotate == 90,
            strict: text.strict,
        };
        self.write(element, &value, place, style)?;
        if text.invert {
            let Place { x, y, width, height } = place;
            self.drawn.push(Drawn::Invert { x, y, width, height });
        }
        Ok(())
    }

    fn write(&mut self, element: &Element, value: &str, place: Place, style: Style) -> Result<(), RenderError> {
        let set = text::set(value, place.width, place.height, style, self.fonts).map_err(|source| {
            RenderError::Text { template: self.template.name.clone(), element: element.id.clone(), source }
        })?;
        self.picture(place, set.dots, set.says);
        Ok(())
    }

    fn picture(&mut self, place: Place, dots: Bitmap, says: String) {
        self.drawn.push(Drawn::Picture { x: place.x, y: place.y, dots: Arc::new(dots), says });
    }

    fn bars(
        &mut self,
        element: &Element,
        code: &Barcode,
        symbology: Symbology,
        place: Place,
    ) -> Result<(), RenderError> {
        let data = self.value(element, "value", &self.context)?;
        let turned = code.rotate == 90;
        let (room, height) = if turned { (place.height, place.width) } else { (place.width, place.height) };
        let fit = barcodes::bars(symbology, &data, room, self.dpi).map_err(|source| self.unfit(element, source))?;
        let offset = fit.offset as i32;
        let (x, y) = if turned { (place.x, place.y + offset) } else { (place.x + offset, place.y) };
        self.drawn.push(Drawn::Bars { x, y, module: fit.module, height, turned, symbology, data });
        Ok(())
    }

    fn qr(&mut self, element: &Element, code: &Barcode, place: Place) -> Result<(), RenderError> {
        let data = self.value(element, "value", &self.context)?;
        let (modules, fit) =
            barcodes::qr(&data, place.width, code.cell, self.dpi).map_err(|source| self.unfit(element, source))?;
        let (x, y) = (place.x + fit.offset as i32, place.y + fit.offset as i32);
        self.drawn.push(Drawn::Qr { x, y, cell: fit.module, modules: Arc::new(modules), data });
        Ok(())
    }

    fn unfit(&self, element: &Element, source: FitError) -> RenderError {
        RenderError::Barcode { template: self.template.name.clone(), element: element.id.clone(), source }
    }

    fn fill(&mut self, Place { x, y, width, height }: Place) {
        self.drawn.push(Drawn::Fill { x, y, width: width.max(1), height: height.max(1) });
    }

    fn frame(&mut self, frame: &Frame, place: Place) {
        let Place { x, y, width, height } = place;
        let thick = dots(frame.thickness, self.dpi).max(1) as u32;
        let (right, bottom) = (x + width as i32 - thick as i32, y + height as i32 - thick as i32);
        self.fill(Place { x, y, width, height: thick });
        self.fill(Place { x, y: bottom, width, height: thick });
        self.fill(Place { x, y, width: thick, height });
        self.fill(Place { x: right, y, width: thick, height });
    }

    fn rows(&mut self, element: &Element, rows: &Rows, place: Place) -> Result<(), RenderError> {
        let list: Vec<Value> =
            values::at_path(&self.context, &rows.of).try_iter().map(Iterator::collect).unwrap_or_default();
        let row_height = dots(rows.row_height, self.dpi).max(1);
        let room = (place.height as i32 / row_height).max(1) as usize;
        let shown = if list.len() > room { room - 1 } else { list.len() };
        let dpi = self.dpi;
        let style = |align, bold, strict| Style {
            size: dots(rows.size, dpi).max(1) as u32,
            min_size: dots(rows.min_size.unwrap_or(rows.size), dpi).max(1) as u32,
            bold,
            align,
            valign: Valign::Middle,
            wrap: true,
            is_turned: false,
            strict,
        };
        let mut line = Place { height: row_height as u32, ..place };
        for row in &list[..shown] {
            let context = context! { row => row, ..self.context.clone() };
            let mut cell = line;
            for (index, column) in rows.columns.iter().enumerate() {
                cell.width = dots(column.w, self.dpi) as u32;
                let value = self.value(element, &index.to_string(), &context)?;
                if !value.trim().is_empty() {
                    self.write(element, &value, cell, style(column.align, column.bold, column.strict))?;
                }
                cell.x += cell.width as i32;
            }
            line.y += row_height;
        }
        if shown < list.len() {
            let context = context! { left => list.len() - shown, ..self.context.clone() };
            let more = self.value(element, "more", &context)?;
            self.write(element, &more, line, style(Default::default(), true, false))?;
        }
        Ok(())
    }

    fn value(&self, element: &Element, part: &str, context: &Value) -> Result<String, RenderError> {
        self.template
            .values
            .get_template(&value_name(&element.id, part))
            .and_then(|compiled| compiled.render(context))
            .map_err(|source| RenderError::Value {
                template: self.template.name.clone(),
                element: element.id.clone(),
                source,
            })
    }

    fn place(&self, area: Area) -> Place {
        // Edges are rounded, not sizes: boxes that touch in the template touch on paper.
        let (x, y) = (dots(area.x, self.dpi), dots(area.y, self.dpi));
        let (right, bottom) = (dots(area.x + area.w, self.dpi), dots(area.y + area.h, self.dpi));
        Place { x, y, width: (right - x).max(0) as u32, height: (bottom - y).max(0) as u32 }
    }
}
