//! A site's own table of where parcels go, for labels that are printed while the carrier can't be asked: what the carrier's
//! outlet gave for each district, city or province, under the carrier's own names.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::order::Party;

/// What a label needs for sorting, under the carrier's own names.
type Routing = BTreeMap<String, Value>;

/// By province, city and district; an empty one stands for all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Routes {
    rows: BTreeMap<[String; 3], Routing>,
}

const PLACE: [&str; 3] = ["province", "city", "district"];

impl Routes {
    /// Reads CSV: the columns `province,city,district`, then one for each of the label's fields. An error names the line.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header = reader.headers().map_err(|error| error.to_string())?.clone();
        if header.len() <= PLACE.len() || header.iter().zip(PLACE).any(|(column, expected)| column != expected) {
            return Err("the first line must be province,city,district and then the label's fields".to_owned());
        }
        let mut rows = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| match error.kind() {
                csv::ErrorKind::UnequalLengths { pos: Some(at), expected_len, len } => {
                    format!("line {}: it has {len} fields, and the first line {expected_len}", at.line())
                }
                _ => error.to_string(),
            })?;
            let line = record.position().map_or(0, csv::Position::line);
            let place = [0, 1, 2].map(|column| record[column].to_owned());
            if place[0].is_empty() || (place[1].is_empty() && !place[2].is_empty()) {
                return Err(format!("line {line}: a district needs its city, and a city its province"));
            }
            let fields = header.iter().zip(&record).skip(PLACE.len()).filter(|(_, value)| !value.is_empty());
            let routing = fields.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
            if rows.insert(place, routing).is_some() {
                return Err(format!("line {line}: this place stands twice: keep one"));
            }
        }
        Ok(Self { rows })
    }

    /// Of the narrowest place that is in the table.
    pub fn find(&self, receiver: &Party) -> Option<Routing> {
        let Party { province, city, district, .. } = receiver;
        let none = String::new;
        let places = [
            [province.clone(), city.clone(), district.clone()],
            [province.clone(), city.clone(), none()],
            [province.clone(), none(), none()],
        ];
        places.iter().find_map(|place| self.rows.get(place)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(province: &str, city: &str, district: &str) -> Party {
        Party { province: province.into(), city: city.into(), district: district.into(), ..Party::default() }
    }

    #[test]
    fn the_narrowest_place_wins() {
        let table = "\u{feff}province,city,district,mark,bag\n浙江省,,,300,杭\n浙江省,杭州市,,310,\n浙江省,杭州市,余杭区,311-02,杭西\n";
        let routes = Routes::read(table).expect("a table");
        let found = |party: Party| routes.find(&party).map(|routing| routing["mark"].as_str().map(str::to_owned));
        assert_eq!(found(to("浙江省", "杭州市", "余杭区")), Some(Some("311-02".into())));
        assert_eq!(found(to("浙江省", "杭州市", "西湖区")), Some(Some("310".into())));
        assert_eq!(found(to("浙江省", "宁波市", "鄞州区")), Some(Some("300".into())));
        assert_eq!(found(to("江苏省", "苏州市", "")), None);
        let city = routes.find(&to("浙江省", "杭州市", "")).expect("a city");
        assert!(!city.contains_key("bag"), "an empty field is none");
    }

    #[test]
    fn what_is_wrong_with_a_table_is_named() {
        for (table, problem) in [
            ("", "the first line must be"),
            ("province,city,mark\n", "the first line must be"),
            ("province,city,district\n", "the first line must be"),
            ("province,city,district,mark\n,杭州市,,1\n", "line 2: a district needs its city"),
            ("province,city,district,mark\n浙江省,,余杭区,1\n", "line 2: a district needs its city"),
            ("province,city,district,mark\n浙江省,,,1\n浙江省,,,2\n", "line 3: this place stands twice"),
            ("province,city,district,mark\n浙江省,1\n", "line 2: it has 2 fields, and the first line 4"),
        ] {
            let error = Routes::read(table).expect_err(table);
            assert!(error.contains(problem), "{table}: {error}");
        }
    }
}
