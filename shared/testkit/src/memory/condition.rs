//! Conditions, decided from a row as DynamoDB decides them: a comparison with an attribute that is missing, or of another type,
//! does not hold.

use ports::{Condition, Row, Value};

/// Whether the condition holds of the row that has the key, if one has.
pub(super) fn holds(when: &Condition, row: Option<&Row>) -> bool {
    match when {
        Condition::Always => true,
        Condition::Absent => row.is_none(),
        Condition::Present => row.is_some(),
        Condition::Is(name, value) => attribute(row, name).as_ref() == Some(value),
        Condition::Lacks(name) => attribute(row, name).is_none(),
        Condition::AtLeast(name, least) => number(row, name).is_some_and(|number| number >= *least),
        Condition::AtMost(name, most) => number(row, name).is_some_and(|number| number <= *most),
        Condition::All(parts) => parts.iter().all(|part| holds(part, row)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, row)),
    }
}

/// The parts of the key are attributes too.
fn attribute(row: Option<&Row>, name: &str) -> Option<Value> {
    let row = row?;
    match name {
        "pk" => Some(Value::Text(row.key.pk.clone())),
        "sk" => Some(Value::Text(row.key.sk.clone())),
        _ => row.attributes.get(name).cloned(),
    }
}

fn number(row: Option<&Row>, name: &str) -> Option<i64> {
    row.and_then(|row| row.get_number(name))
}
