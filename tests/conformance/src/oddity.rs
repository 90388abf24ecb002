//! Answers in which one field of one item is not what it should be: every field in turn, removed and put in every other way.

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fmt::Write as _;

/// A number no type holds, which `Value` cannot either: it is put into the text.
const BEYOND: &str = "@@beyond every number@@";

/// A list within a list within a list, deeper than a reader's stack: put into the text as well.
const DEEP: &str = "@@deep@@";
const DEPTH: usize = 100_000;

/// The only field of an object that stands for a field that is there twice; which no object can say.
const TWICE: &str = "@@twice@@";

/// A way to spoil a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is not there.
    Removed,
    /// It is null.
    Null,
    /// It is a number in the place of a text, and the other way round.
    OtherType,
    /// It is an object.
    Object,
    /// It is a list.
    List,
    /// It is a whole number beyond 64 bits.
    Huge,
    /// It is a number beyond any type.
    Beyond,
    /// It is a text of thousands of letters.
    Endless,
    /// It is below zero.
    Negative,
    /// It is between two whole numbers.
    Fraction,
    /// It is a list of objects of its kind, where one is meant; and the other way round, an object with the list in it.
    Listed,
    /// It is nested beyond all measure.
    Deep,
    /// It is there twice: as it was, and then as something else.
    Twice,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Removed,
        Self::Null,
        Self::OtherType,
        Self::Object,
        Self::List,
        Self::Huge,
        Self::Beyond,
        Self::Endless,
        Self::Negative,
        Self::Fraction,
        Self::Listed,
        Self::Deep,
        Self::Twice,
    ];

    fn put(self, was: &Value) -> Value {
        match (self, was) {
            (Self::Removed | Self::Null, _) => Value::Null,
            (Self::OtherType, Value::String(_) | Value::Object(_)) => json!(7),
            (Self::OtherType, _) => json!("odd"),
            (Self::Object, _) => json!({ "odd": true }),
            (Self::List, _) => json!([["odd"]]),
            (Self::Huge, _) => serde_json::from_str("99999999999999999999999").unwrap_or_default(),
            (Self::Beyond, _) => json!(BEYOND),
            (Self::Endless, _) => json!("odd ".repeat(2_000)),
            (Self::Negative, _) => json!(-1),
            (Self::Fraction, _) => json!(1.5),
            (Self::Listed, Value::Array(_)) => json!({ "0": was }),
            (Self::Listed, _) => json!([was, was]),
            (Self::Deep, _) => json!(DEEP),
            (Self::Twice, _) => json!({ TWICE: [was, Self::OtherType.put(was)] }),
        }
    }
}

/// Where the items of an answer are: the first list, from the outside in, of at least two objects.
pub fn items(answer: &Value) -> Option<String> {
    let mut open = VecDeque::from([(String::new(), answer)]);
    while let Some((path, value)) = open.pop_front() {
        match value {
            Value::Array(all) if all.len() >= 2 && all.iter().all(Value::is_object) => return Some(path),
            Value::Array(all) => open.extend(all.iter().enumerate().map(|(at, one)| (format!("{path}/{at}"), one))),
            Value::Object(all) => open.extend(all.iter().map(|(name, one)| (format!("{path}/{}", escaped(name)), one))),
            _ => {}
        }
    }
    None
}

/// Every field of an item by its path, the fields of its parts among them; of a list the first.
pub fn fields(item: &Value) -> Vec<String> {
    let mut all = Vec::new();
    gather(item, "", &mut all);
    all
}

fn gather(value: &Value, path: &str, all: &mut Vec<String>) {
    if !path.is_empty() {
        all.push(path.to_owned());
    }
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, one)| gather(one, &format!("{path}/{}", escaped(name)), all)),
        Value::Array(list) => list.iter().take(1).for_each(|one| gather(one, &format!("{path}/0"), all)),
        _ => {}
    }
}

/// The answer without its first item.
pub fn without_the_first(mut answer: Value) -> Option<Vec<u8>> {
    let path = items(&answer)?;
    answer.pointer_mut(&path)?.as_array_mut()?.remove(0);
    Some(answer.to_string().into_bytes())
}

/// The answer with a field of its first item spoilt.
pub fn spoilt(mut answer: Value, field: &str, way: Way) -> Option<Vec<u8>> {
    let path = format!("{}/0{field}", items(&answer)?);
    spoil(&mut answer, &path, way)?;
    Some(text(&answer))
}

/// A body with one field spoilt.
pub fn spoil(body: &mut Value, path: &str, way: Way) -> Option<()> {
    let (parent, name) = path.rsplit_once('/')?;
    let was = body.pointer(path)?.clone();
    // Of a list nothing is there twice.
    let way = if way == Way::Twice && body.pointer(parent)?.is_array() { Way::Listed } else { way };
    if way == Way::Removed {
        match body.pointer_mut(parent)? {
            Value::Object(fields) => drop(fields.shift_remove(&name.replace("~1", "/").replace("~0", "~"))),
            // A list without an item is another list, and nothing odd; one with nothing in its place is.
            Value::Array(list) => *list.get_mut(name.parse::<usize>().ok()?)? = Value::Null,
            _ => return None,
        }
    } else {
        *body.pointer_mut(path)? = way.put(&was);
    }
    Some(())
}

/// A body as it travels.
pub fn text(body: &Value) -> Vec<u8> {
    let mut text = String::new();
    write(body, &mut text);
    text.into_bytes()
}

/// As JSON has it, with what a `Value` cannot hold.
fn write(value: &Value, text: &mut String) {
    match value {
        Value::String(odd) if odd == BEYOND => text.push_str("1e999"),
        Value::String(odd) if odd == DEEP => text.extend(["[".repeat(DEPTH), "]".repeat(DEPTH)]),
        Value::Array(all) => {
            text.push('[');
            for (at, one) in all.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { "," });
                write(one, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            text.push('{');
            let mut comma = "";
            for (name, value) in fields {
                let twice = value.get(TWICE).and_then(Value::as_array);
                for one in twice.map_or_else(|| std::slice::from_ref(value), Vec::as_slice) {
                    // Writing to a text cannot fail.
                    let _ = write!(text, "{comma}{}:", Value::String(name.clone()));
                    write(one, text);
                    comma = ",";
                }
            }
            text.push('}');
        }
        other => text.push_str(&other.to_string()),
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
