//! The values of a template: minijinja over the label data, with filters for what a label must not show in full.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context};

use super::data::LabelData;
use crate::domain::mask;

/// All of China keeps this time.
const ZONE: &str = "Asia/Shanghai";

/// Without templates; what isn't there prints as nothing, for names are checked when a template is loaded.
pub fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.add_filter("mask_name", |name: Option<String>| mask::name(&name.unwrap_or_default()));
    environment.add_filter("mask_phone", |phone: Option<String>, extension: Option<String>| {
        mask::phone(&phone.unwrap_or_default(), extension.as_deref())
    });
    environment.add_filter("mask_address", |address: Option<String>| mask::address(&address.unwrap_or_default()));
    environment.add_filter("money", |fen: i64| format!("{:.2}", fen as f64 / 100.0));
    environment.add_filter("kg", |grams: i64| format!("{:.2}", grams as f64 / 1000.0));
    environment.add_filter("local", local);
    // What Code 128 can hold.
    environment.add_test("ascii", |text: &str| text.is_ascii());
    environment
}

/// Everything a value may name: the document, and `receiver` and `lines` as they are for this parcel.
pub fn context(data: &LabelData) -> Value {
    context! {
        receiver => Value::from(Serde(data.receiver())),
        lines => Value::from(Serde(data.lines())),
        ..Value::from(Serde(data))
    }
}

/// The value at a path like `waybill.routing.dest_route_label`; undefined where any part of it is missing.
pub fn at_path(context: &Value, path: &str) -> Value {
    path.split('.').fold(context.clone(), |value, part| value.get_attr(part).unwrap_or(Value::UNDEFINED))
}

/// `printed_at | local(format="%m-%d %H:%M", zone="Asia/Shanghai")`; both have defaults.
fn local(time: &str, options: Kwargs) -> Result<String, Error> {
    let invalid = |error: jiff::Error| Error::new(ErrorKind::InvalidOperation, error.to_string());
    let format = options.get::<Option<&str>>("format")?.unwrap_or("%Y-%m-%d %H:%M");
    let zone = options.get::<Option<&str>>("zone")?.unwrap_or(ZONE);
    options.assert_all_used()?;
    let time: Timestamp = time.parse().map_err(invalid)?;
    let zone = match TimeZone::get(zone) {
        // A small box may have no time zone database; China has had no summer time since 1991.
        Err(_) if zone == ZONE => TimeZone::fixed(jiff::tz::offset(8)),
        zone => zone.map_err(invalid)?,
    };
    jiff::fmt::strtime::format(format, &time.to_zoned(zone)).map_err(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(source: &str) -> Result<String, Error> {
        environment().render_str(source, context(&LabelData::example()))
    }

    #[test]
    fn filters_mask_and_format() {
        for (source, expected) in [
            ("{{ receiver.name | mask_name }}", "欧**"),
            ("{{ receiver.phone | mask_phone(receiver.phone_extension) }}", "1******8000转4711"),
            ("{{ sender.phone | mask_phone(sender.phone_extension) }}", "0*******6666转801"),
            ("{{ receiver.detail | mask_address }}", "文一西路969号3幢*单元****室"),
            ("{{ order.amount_fen | money }}", "598.00"),
            ("{{ parcel.weight_g | kg }}", "0.82"),
            ("{{ printed_at | local }}", "2026-02-18 16:08"),
            ("{{ printed_at | local(format='%H:%M', zone='UTC') }}", "08:08"),
            ("{{ wave.nothing.at.all }}|{{ lines | length }}", "|2"),
        ] {
            assert_eq!(value(source).unwrap(), expected, "{source}");
        }
    }

    #[test]
    fn a_filters_mistake_is_an_error() {
        assert!(value("{{ printed_at | local(fromat='%H') }}").is_err());
        assert!(value("{{ printed_at | local(zone='Nowhere/Land') }}").is_err());
    }
}
