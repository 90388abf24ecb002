//! Parameters behind the question mark.

use super::problem::{Code, Problem};
use crate::door;
use engine::views::{MOST_PER_PAGE, PageRequest};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::borrow::Cow;
use url::form_urlencoded;

/// Entries of a page where the request names no number.
const USUAL: usize = 50;
/// Characters of a cursor at most.
const LONGEST_CURSOR: usize = 512;

/// No parameters.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct NoQuery {}

/// A page of a list.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Paged {
    /// The `next` of the page before; left out: the first page.
    #[serde(default)]
    cursor: Option<Cursor>,
    /// Entries of the page.
    #[serde(default)]
    limit: Limit,
}

impl Paged {
    pub(crate) fn request(self) -> PageRequest {
        page(self.cursor, self.limit)
    }
}

/// A page of a list, of what these two parameters ask for.
pub(crate) fn page(cursor: Option<Cursor>, limit: Limit) -> PageRequest {
    PageRequest { cursor: cursor.and_then(|cursor| cursor.0), limit: limit.0 }
}

/// Where a page begins.
#[derive(Debug, Default, JsonSchema)]
#[schemars(inline, with = "String")]
pub(crate) struct Cursor(pub(crate) Option<String>);

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if text.len() > LONGEST_CURSOR {
            return Err(D::Error::custom("give the `next` of the page before"));
        }
        Ok(Self(Some(text).filter(|text| !text.is_empty())))
    }
}

/// How many entries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit(pub(crate) usize);

impl Default for Limit {
    fn default() -> Self {
        Self(USUAL)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let fits = text.parse().ok().filter(|limit| (1..=MOST_PER_PAGE).contains(limit));
        fits.map(Self).ok_or_else(|| {
            let got = door::shortened(&text);
            D::Error::custom(format!("got {got:?}, expected a whole number from 1 to {MOST_PER_PAGE}"))
        })
    }
}

impl JsonSchema for Limit {
    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": USUAL })
    }
}

/// A parameter that says yes or no: yes if it stands there alone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flag(pub(crate) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match String::deserialize(from)?.as_str() {
            "false" => Ok(Self(false)),
            "" | "true" => Ok(Self(true)),
            other => Err(D::Error::custom(format!("got {:?}, expected true or false", door::shortened(other)))),
        }
    }
}

impl JsonSchema for Flag {
    fn schema_name() -> Cow<'static, str> {
        "Flag".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "boolean", "default": false })
    }
}

/// Reads them. Of one that is given twice, nobody knows which was meant.
pub(super) fn read<Q: DeserializeOwned>(text: &str) -> Result<Q, Problem> {
    let (mut given, mut twice) = (Map::new(), None);
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        if given.insert(name.clone().into_owned(), Value::from(value.into_owned())).is_some() {
            twice.get_or_insert(name.into_owned());
        }
    }
    let names: Vec<String> = given.keys().cloned().collect();
    let read = door::of(Value::Object(given)).map_err(|wrong| {
        let Some(known) = &wrong.known else {
            let problem = Problem::new(400, format!("{}: {}", wrong.field, wrong.what)).in_field(&wrong.field);
            return problem.with("expected", wrong.what.clone());
        };
        let unknown: Vec<String> =
            names.iter().filter(|name| !known.contains(&name.as_str())).map(|name| door::shortened(name)).collect();
        let words = match known.as_slice() {
            [] => "none are".to_owned(),
            [one] => format!("only {one} is"),
            several => format!("{} are", several.join(", ")),
        };
        let shown: Vec<String> = unknown.iter().map(|name| format!("`{name}`")).collect();
        let detail = format!("{}: no such parameter; {words} known here, see /api/v1/openapi.json", shown.join(", "));
        Problem::of(Code::UnknownParameter, 400, detail)
            .in_field(&wrong.field)
            .with("unknown", unknown)
            .with("known", known.clone())
    })?;
    match twice.map(|name| door::shortened(&name)) {
        Some(name) => {
            Err(Problem::new(400, format!("{name}: is there twice; give it once")).in_field(&name).with("expected", "once"))
        }
        None => Ok(read),
    }
}
