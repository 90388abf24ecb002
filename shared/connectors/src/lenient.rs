//! Reading item by item and field by field: what cannot be read costs itself, and not what stands beside it.
//!
//! A page is split into its items, an order into its lines, and each of these into its fields, before anything is understood; a number too
//! large for any type, or half a letter, is then one field's trouble.

use crate::objects;
use domain::FieldError;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Characters of a value that a person is shown.
const MOST_SHOWN: usize = 40;

/// A field, and whether it was there and could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// It is absent or null.
    #[default]
    Missing,
    /// It says this.
    Read(T),
    /// It says something else: how that looks to people.
    Odd(String),
}

/// What a field can be read as.
pub trait FromWire: Sized {
    /// Reads JSON that is not null.
    fn from_wire(json: &str) -> Option<Self>;
}

impl<'de, T: FromWire> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        Ok(match raw.get() {
            "null" => Self::Missing,
            json => T::from_wire(json).map_or_else(|| Self::Odd(shown(json)), Self::Read),
        })
    }
}

impl<T> Field<T> {
    /// What it says; `None`: it is absent, or cannot be read and plays no part.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::Read(value) => Some(value),
            Self::Missing | Self::Odd(_) => None,
        }
    }

    /// What it says; `None`: it is absent. The error is what stands there instead.
    pub fn given(&self, field: &str, expected: &str) -> Result<Option<&T>, FieldError> {
        match self {
            Self::Missing => Ok(None),
            Self::Read(value) => Ok(Some(value)),
            Self::Odd(value) => Err(unreadable(field, value, expected)),
        }
    }

    /// What it says. The error is what stands there instead.
    pub fn needed(&self, field: &str, expected: &str) -> Result<&T, FieldError> {
        self.given(field, expected)?.ok_or_else(|| unreadable(field, "missing", expected))
    }

    /// Whether something stands there that cannot be read.
    pub fn is_odd(&self) -> bool {
        matches!(self, Self::Odd(_))
    }
}

impl Field<String> {
    /// The text, or none of it.
    pub fn text(&self) -> &str {
        self.get().map_or("", String::as_str)
    }
}

/// One problem.
pub fn unreadable(field: &str, value: impl Into<String>, expected: &str) -> FieldError {
    FieldError { field: field.to_owned(), value: value.into(), expected: expected.to_owned() }
}

/// A text, which may as well be written as a number: codes of digits often are.
impl FromWire for String {
    fn from_wire(json: &str) -> Option<Self> {
        if is_number(json) { Some(json.to_owned()) } else { objects::from_str(json).ok() }
    }
}

/// A whole number, which may as well be written as text, or with a fraction of nothing.
impl FromWire for i64 {
    fn from_wire(json: &str) -> Option<Self> {
        let text = String::from_wire(json)?;
        let text = text.trim();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        (!fraction.is_empty() && fraction.bytes().all(|b| b == b'0')).then(|| whole.parse().ok())?
    }
}

/// An id of digits.
impl FromWire for u64 {
    fn from_wire(json: &str) -> Option<Self> {
        String::from_wire(json)?.trim().parse().ok()
    }
}

/// An amount, as a number or as a text. Read from its text, so that it never passes through a float.
impl FromWire for Decimal {
    fn from_wire(json: &str) -> Option<Self> {
        // Only a number of JSON may have an exponent: PHP writes `1.0E-5`.
        let scientific = || is_number(json).then(|| Self::from_scientific(json).ok())?;
        domain::plain_decimal(String::from_wire(json)?.trim()).or_else(scientific)
    }
}

/// The code of a currency.
impl FromWire for domain::Currency {
    fn from_wire(json: &str) -> Option<Self> {
        Self::new(objects::from_str::<String>(json).ok()?.trim()).ok()
    }
}

impl FromWire for bool {
    fn from_wire(json: &str) -> Option<Self> {
        objects::from_str(json).ok()
    }
}

impl FromWire for Date {
    fn from_wire(json: &str) -> Option<Self> {
        objects::from_str::<String>(json).ok()?.parse().ok()
    }
}

impl FromWire for Timestamp {
    fn from_wire(json: &str) -> Option<Self> {
        objects::from_str::<String>(json).ok()?.parse().ok()
    }
}

/// Anything with fields of its own.
#[derive(Debug, Clone, Default)]
pub struct Parts<T>(pub T);

impl<T: DeserializeOwned> FromWire for Parts<T> {
    fn from_wire(json: &str) -> Option<Self> {
        json.starts_with('{').then(|| objects::from_str(json).ok().map(Self))?
    }
}

/// A list that is not yet read. PHP writes one with gaps as an object.
#[derive(Debug, Clone, Default)]
pub struct Items(pub Vec<Box<RawValue>>);

impl Items {
    /// Each item that can be read; for lists of which what cannot be read plays no part.
    pub fn readable<T: DeserializeOwned>(&self) -> impl Iterator<Item = T> {
        self.0.iter().filter_map(|item| one(item))
    }
}

impl FromWire for Items {
    fn from_wire(json: &str) -> Option<Self> {
        objects::from_str(json).ok()
    }
}

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Items;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut list: A) -> Result<Items, A::Error> {
                let mut items = Vec::new();
                while let Some((_, item)) = list.next_entry::<serde::de::IgnoredAny, _>()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        from.deserialize_any(Each)
    }
}

/// One item of a list, if it is one. Its fields decide for themselves.
pub fn one<T: DeserializeOwned>(item: &RawValue) -> Option<T> {
    item.get().starts_with('{').then(|| objects::from_str(item.get()).ok())?
}

/// What an order in a list is called whose id cannot be read: by what it says, so that it is the same wherever it stands. Changed, it is
/// another question.
pub fn nameless_order(json: &str) -> String {
    format!("order without a readable id ({:016x})", domain::fingerprint(&[json]))
}

/// How a value looks to people: numbers and codes as they are, and of other text only how long it is, for it may hold a name.
pub fn shown(json: &str) -> String {
    let cut = |text: &str| {
        let short: String = text.chars().take(MOST_SHOWN).collect();
        if short.len() < text.len() { format!("{short}…") } else { short }
    };
    match json.as_bytes().first() {
        Some(b'{') => "an object".to_owned(),
        Some(b'[') => "a list".to_owned(),
        Some(b'"') => match objects::from_str::<String>(json) {
            Ok(text) if text.is_empty() => "an empty text".to_owned(),
            Ok(text) if text.chars().all(|c| c.is_ascii_digit() || " +-.,:TZ".contains(c)) => format!("\"{}\"", cut(&text)),
            Ok(text) => format!("a text of {} characters", text.chars().count()),
            Err(_) => "a text that breaks off".to_owned(),
        },
        _ => cut(json),
    }
}

fn is_number(json: &str) -> bool {
    json.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
#[path = "lenient_tests.rs"]
mod tests;
