//! Rows as DynamoDB items and back.

use aws_sdk_dynamodb::types::AttributeValue;
use ports::{Error, ErrorKind, Key, Result, Row, Value};
use std::borrow::Borrow;

/// An attribute as DynamoDB writes it.
pub(super) fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Text(text) => AttributeValue::S(text.clone()),
        Value::Number(number) => AttributeValue::N(number.to_string()),
    }
}

/// The two attributes of a key.
pub(super) fn key<C: FromIterator<(String, AttributeValue)>>(key: &Key) -> C {
    [("pk", &key.pk), ("sk", &key.sk)]
        .into_iter()
        .map(|(name, part)| (name.to_owned(), AttributeValue::S(part.clone())))
        .collect()
}

/// A whole row.
pub(super) fn item<C: FromIterator<(String, AttributeValue)>>(row: &Row) -> C {
    let keys: Vec<_> = key(&row.key);
    keys.into_iter().chain(row.attributes.iter().map(|(name, value)| (name.clone(), attribute(value)))).collect()
}

/// Reads an item back.
pub(super) fn row<'a, N: Borrow<String> + 'a>(item: impl IntoIterator<Item = (N, &'a AttributeValue)>) -> Result<Row> {
    let mut row = Row::new(Key::new("", ""));
    for (name, value) in item {
        let name: &String = name.borrow();
        match (name.as_str(), value) {
            ("pk", AttributeValue::S(part)) => row.key.pk.clone_from(part),
            ("sk", AttributeValue::S(part)) => row.key.sk.clone_from(part),
            (_, value) => {
                row.attributes.insert(name.clone(), read(name, value)?);
            }
        }
    }
    Ok(row)
}

fn read(name: &str, value: &AttributeValue) -> Result<Value> {
    match value {
        AttributeValue::S(text) => Ok(Value::Text(text.clone())),
        AttributeValue::N(number) => number.parse().map(Value::Number).map_err(|_| foreign(name, "a number beyond 64 bits")),
        _ => Err(foreign(name, "neither a text nor a number")),
    }
}

pub(crate) fn foreign(name: &str, what: &str) -> Error {
    Error::new(ErrorKind::Protocol, "table.read", format!("attribute `{name}` is {what}: something other than Sluis wrote it"))
}
