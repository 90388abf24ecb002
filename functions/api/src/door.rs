//! Reads the JSON of a request: an object is an object, a name is given once, and what is wrong is said by field in words of the API.

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::Value;
use std::fmt;

/// What is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The field, with the fields around it: `regular.amount`, `components.0.units`. Empty: the body as a whole.
    pub(crate) field: String,
    /// What was got and what is expected.
    pub(crate) what: String,
    /// Where the field is unknown: those that are known.
    pub(crate) known: Option<Vec<&'static str>>,
}

impl Wrong {
    fn about(field: &str, what: String) -> Self {
        Self { field: field.to_owned(), what, known: None }
    }

    fn inside(self, around: &str) -> Self {
        if !self.field.is_empty() {
            return Self { field: format!("{around}.{}", self.field), ..self };
        }
        // A value of its own type names itself, and often as its field is named.
        let what = self.what.strip_prefix(around).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&self.what).to_owned();
        Self { field: around.to_owned(), what, ..self }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() { write!(to, "{}", self.what) } else { write!(to, "{}: {}", self.field, self.what) }
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Self::about("", what.to_string())
    }

    fn invalid_type(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::about("", format!("got {}, expected {}", given(got), words(expected)))
    }

    fn invalid_value(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(got, expected)
    }

    fn unknown_variant(got: &str, known: &'static [&'static str]) -> Self {
        Self::about("", format!("got {:?}, expected one of {}", shortened(got), known.join(", ")))
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        let what = format!("there is no such field; known are {}", known.join(", "));
        Self { known: Some(known.to_vec()), ..Self::about(&shortened(name), what) }
    }

    fn missing_field(name: &'static str) -> Self {
        Self::about(name, "is missing".to_owned())
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::about(name, "is there twice".to_owned())
    }
}

/// The beginning of what somebody sent, without what could break a line.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !domain::breaks_a_line(*c)).take(40).collect()
}

fn given(got: Unexpected<'_>) -> String {
    match got {
        Unexpected::Bool(is) => is.to_string(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Signed(number) => number.to_string(),
        // As it was sent it would be a whole number otherwise: `1.0`, `1e2`.
        Unexpected::Float(number) if number.fract() == 0.0 => format!("{number:?}, written with a point or an exponent"),
        Unexpected::Float(number) => number.to_string(),
        Unexpected::Str(text) => format!("the text {:?}", shortened(text)),
        Unexpected::Unit | Unexpected::Option => "null".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map | Unexpected::StructVariant => "an object".to_owned(),
        _ => "something else".to_owned(),
    }
}

/// What serde expects, without the words of our language.
fn words(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    match text.as_str() {
        "i8" | "i16" | "i32" | "i64" => "a whole number".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not below 0".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a string" | "string" | "str" => "a text".to_owned(),
        "a boolean" | "bool" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        "unit" => "null".to_owned(),
        text if text.starts_with("struct ") || text.contains("internally tagged") => "an object".to_owned(),
        text if text.starts_with("enum ") || text.starts_with("variant ") => "one of the values that the field takes".to_owned(),
        text => text.to_owned(),
    }
}

/// The JSON of a body, as an object.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Wrong> {
    let text = std::str::from_utf8(body).map_err(|error| {
        Wrong::custom(format!("is not text in UTF-8: what begins at byte {} is no character", error.valid_up_to() + 1))
    })?;
    let Part(value) = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    of(value)
}

/// What keeps a text from being read: it is no JSON, or it is, and means nothing.
fn unreadable(error: &serde_json::Error) -> Wrong {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let told = error.to_string();
    let what = told.trim_end_matches(&place);
    Wrong::custom(match error.classify() {
        serde_json::error::Category::Data => format!("names a field twice: {what}{place}"),
        _ if HALVES.iter().any(|half| what.contains(half)) => {
            format!("holds an escape (\\u…) that is half a character, or none{place}")
        }
        _ => format!("is not JSON: {what}{place}"),
    })
}

/// How `serde_json` calls an escape that stands for no character.
const HALVES: [&str; 3] = ["surrogate", "end of hex escape", "invalid unicode code point"];

/// As `read`, of what was parsed already.
pub(crate) fn of<T: DeserializeOwned>(value: Value) -> Result<T, Wrong> {
    if !value.is_object() {
        return Err(Wrong::custom("expected an object, with its fields by name"));
    }
    part(value)
}

/// As `of`, of a part of a body, which may be a list.
pub(crate) fn part<T: DeserializeOwned>(value: Value) -> Result<T, Wrong> {
    T::deserialize(Part(value))
}

/// A part of a body. As a deserializer it takes no list for an object.
struct Part(Value);

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Parse)
    }
}

/// As `Value` is parsed, but a name that is there twice is no object: nobody knows which of the two was meant.
struct Parse;

impl<'de> Visitor<'de> for Parse {
    type Value = Part;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_bool<E>(self, is: bool) -> Result<Part, E> {
        Ok(Part(is.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Part, E> {
        Ok(Part(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Part, E> {
        Ok(Part(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Part, E> {
        Ok(Part(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Part, E> {
        Ok(Part(text.into()))
    }

    fn visit_unit<E>(self) -> Result<Part, E> {
        Ok(Part(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Part, A::Error> {
        let mut values = Vec::new();
        while let Some(Part(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(Part(Value::Array(values)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Part, A::Error> {
        let mut object = serde_json::Map::new();
        while let Some((name, Part(value))) = fields.next_entry::<String, Part>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom(format!("`{}` is there twice", shortened(&name))));
            }
            object.insert(name, value);
        }
        Ok(Part(Value::Object(object)))
    }
}

impl IntoDeserializer<'_, Wrong> for Part {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Part {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(is) => visitor.visit_bool(is),
            // By hand: serde_json's own way would word what is wrong.
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(whole), ..) => visitor.visit_u64(whole),
                (None, Some(whole), _) => visitor.visit_i64(whole),
                (None, None, Some(fraction)) => visitor.visit_f64(fraction),
                (None, None, None) => Err(Wrong::custom("is a number that cannot be read")),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(list) => visitor.visit_seq(List(list.into_iter().enumerate())),
            Value::Object(object) => visitor.visit_map(Fields { left: object.into_iter(), value: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        if self.0.is_array() {
            return Err(Wrong::custom("got a list, expected an object"));
        }
        // What types of rows and messages pass over is a mistake in what a person asks for: dropped, they would get something else.
        let named = self.0.as_object().into_iter().flat_map(serde_json::Map::keys);
        if let Some(unknown) = named.into_iter().find(|name| !fields.contains(&name.as_str())) {
            return Err(Wrong::unknown_field(unknown, fields));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::String(text) => visitor.visit_enum(text.into_deserializer()),
            Value::Object(object) if object.len() == 1 => {
                let (name, value) = object.into_iter().next().unwrap_or_default();
                visitor.visit_enum(Choice { name, value })
            }
            other => Part(other).deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        identifier ignored_any
    }
}

struct List(std::iter::Enumerate<std::vec::IntoIter<Value>>);

impl<'de> SeqAccess<'de> for List {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        let Some((place, value)) = self.0.next() else { return Ok(None) };
        seed.deserialize(Part(value)).map(Some).map_err(|wrong| wrong.inside(&place.to_string()))
    }
}

struct Fields {
    left: serde_json::map::IntoIter,
    value: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Wrong;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        let Some((name, value)) = self.left.next() else { return Ok(None) };
        let key = seed.deserialize(name.clone().into_deserializer())?;
        self.value = Some((name, value));
        Ok(Some(key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        let (name, value) = self.value.take().ok_or_else(|| Wrong::custom("a value without its name"))?;
        seed.deserialize(Part(value)).map_err(|wrong| wrong.inside(&shortened(&name)))
    }
}

/// `{"name": value}` for an alternative that holds something.
struct Choice {
    name: String,
    value: Value,
}

impl<'de> EnumAccess<'de> for Choice {
    type Error = Wrong;
    type Variant = Part;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Part), Wrong> {
        Ok((seed.deserialize(self.name.into_deserializer())?, Part(self.value)))
    }
}

impl<'de> VariantAccess<'de> for Part {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        if self.0.is_null() { Ok(()) } else { Err(Wrong::custom("holds nothing; give its name alone")) }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Wrong> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, names: &'static [&'static str], visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_struct("", names, visitor)
    }
}

#[cfg(test)]
#[path = "door_tests.rs"]
mod tests;
