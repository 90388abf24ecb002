//! Reads a list of an answer item by item where it cannot be read whole: the documents' own types refuse all of an answer for one field of
//! one item.
//!
//! What plays no part, or says the same in another form, is put right on the way: a title that is a number, a count written as text.

use crate::lenient::{self, shown};
use crate::objects;
use domain::FieldError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Fields that people read and nothing is decided by.
const FOR_PEOPLE: [&str; 3] = ["name", "title", "displayName"];
/// Fields of one item that are put right before it counts as unreadable.
const MOST_MENDED: usize = 24;

/// An item that cannot be read.
#[derive(Debug)]
pub(super) struct Spoilt {
    /// Its place in the list, from 0.
    pub(super) at: usize,
    /// As it came.
    json: Box<RawValue>,
    /// What stands in the way.
    pub(super) problem: FieldError,
}

impl Spoilt {
    /// As much of it as another type reads.
    pub(super) fn read<T: DeserializeOwned + Default>(&self) -> T {
        lenient::one(&self.json).unwrap_or_default()
    }

    /// What it is called as an order whose number cannot be read.
    pub(super) fn nameless_order(&self) -> String {
        lenient::nameless_order(self.json.get())
    }
}

/// The answer without the items of the list at `path` that cannot be read, and these. `None`: there is no such list, or what is outside of it
/// cannot be read either.
pub(super) fn sift<D: DeserializeOwned>(body: &[u8], path: &[&str]) -> Option<(D, Vec<Spoilt>)> {
    let whole = String::from_utf8_lossy(body);
    let items = list_at(&whole, path)?;
    let (mut good, mut spoilt) = (Vec::new(), Vec::new());
    for (at, json) in items.into_iter().enumerate() {
        match mended::<D>(&whole, path, &json) {
            Ok(mended) => good.push(mended),
            Err(problem) => spoilt.push(Spoilt { at, json, problem }),
        }
    }
    let rest = objects::from_str(&with_list(&whole, path, &good)?).ok()?;
    Some((rest, spoilt))
}

fn list_at(json: &str, path: &[&str]) -> Option<Vec<Box<RawValue>>> {
    let Some((first, rest)) = path.split_first() else { return objects::from_str(json).ok() };
    let fields: BTreeMap<String, Box<RawValue>> = objects::from_str(json).ok()?;
    list_at(fields.get(*first)?.get(), rest)
}

fn with_list(json: &str, path: &[&str], items: &[String]) -> Option<String> {
    let Some((first, rest)) = path.split_first() else { return Some(format!("[{}]", items.join(","))) };
    let mut fields: BTreeMap<String, Box<RawValue>> = objects::from_str(json).ok()?;
    let inner = with_list(fields.get(*first)?.get(), rest, items)?;
    fields.insert((*first).to_owned(), RawValue::from_string(inner).ok()?);
    serde_json::to_string(&fields).ok()
}

/// The item as it can be read, or what of it cannot.
fn mended<D: DeserializeOwned>(whole: &str, path: &[&str], json: &RawValue) -> Result<String, FieldError> {
    let list = path.iter().rev().find(|name| **name != "nodes").copied().unwrap_or("list");
    let no_item = || lenient::unreadable(list, shown(json.get()), "an item as the documents describe it");
    let mut item = json.get().to_owned();
    for _ in 0..MOST_MENDED {
        let answer = with_list(whole, path, std::slice::from_ref(&item)).ok_or_else(no_item)?;
        let Err(error) = objects::from_str::<D>(&answer) else { return Ok(item) };
        let start = answer.find(&item).ok_or_else(no_item)?;
        let at = offset(&answer, &error).checked_sub(start).filter(|at| *at <= item.len()).ok_or_else(no_item)?;
        let told = error.to_string();
        let expected = expected(&told);
        if let Some(name) = told.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
            if !FOR_PEOPLE.contains(&name) {
                return Err(lenient::unreadable(name, "missing", "what the documents describe"));
            }
            let end = item.get(..at).and_then(|part| part.rfind('}')).ok_or_else(no_item)?;
            let comma = if item[..end].trim_end().ends_with('{') { "" } else { "," };
            item.insert_str(end, &format!("{comma}\"{name}\":\"\""));
            continue;
        }
        let Some((name, from, value)) = field_before(&item, at) else { return Err(no_item()) };
        let to = from + value.len();
        let put = match mend(&name, &value, &expected) {
            Some(put) if put != value => put,
            _ => return Err(lenient::unreadable(&name, shown(&value), &expected)),
        };
        item.replace_range(from..to, &put);
    }
    Err(no_item())
}

/// The value in the form that is wanted, if it says so.
fn mend(name: &str, value: &str, expected: &str) -> Option<String> {
    let is_number = value.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    if expected == "a text" && is_number {
        return Some(format!("\"{value}\""));
    }
    if expected == "a text" && FOR_PEOPLE.contains(&name) {
        return Some("\"\"".to_owned());
    }
    if expected == "a whole number" {
        return <i64 as lenient::FromWire>::from_wire(value).map(|units| units.to_string());
    }
    None
}

/// What should have stood there, in our words.
fn expected(told: &str) -> String {
    let wanted = told.split("expected ").nth(1).unwrap_or_default();
    match wanted {
        _ if wanted.starts_with("a string") => "a text",
        _ if wanted.starts_with("i64") || wanted.starts_with("u64") => "a whole number",
        _ if wanted.starts_with("a boolean") => "true or false",
        _ if wanted.starts_with("a sequence") => "a list",
        _ => "what the documents describe",
    }
    .to_owned()
}

pub(super) fn offset(text: &str, error: &serde_json::Error) -> usize {
    let before: usize = text.split('\n').take(error.line().saturating_sub(1)).map(|line| line.len() + 1).sum();
    (before + error.column()).min(text.len())
}

/// The last field that begins before a place: its name, where its value begins, and the value.
pub(super) fn field_before(item: &str, at: usize) -> Option<(String, usize, String)> {
    let mut until = item.floor_char_boundary(at);
    while let Some(end) = item.get(..until)?.rfind("\":") {
        let start = item[..end].rfind('"')?;
        let after = &item[end + 2..];
        let value = serde_json::Deserializer::from_str(after).into_iter::<Box<RawValue>>().next().and_then(Result::ok);
        if let Some(value) = value {
            let blanks = after.len() - after.trim_start().len();
            return Some((item[start + 1..end].to_owned(), end + 2 + blanks, value.get().to_owned()));
        }
        until = end;
    }
    None
}

/// The names of an item, as far as they can be read.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Names {
    pub(super) id: lenient::Field<String>,
    pub(super) legacy_resource_id: lenient::Field<u64>,
    pub(super) updated_at: lenient::Field<String>,
    pub(super) sku: lenient::Field<String>,
    pub(super) name: lenient::Field<String>,
    pub(super) variant: lenient::Field<lenient::Parts<Variant>>,
}

/// The variant of a line.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Variant {
    pub(super) legacy_resource_id: lenient::Field<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Answer {
        data: Data,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Data {
        list: List,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct List {
        nodes: Vec<Node>,
        more: bool,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Node {
        name: String,
        count: i64,
        inner: Option<Inner>,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        id: String,
    }

    const PATH: [&str; 3] = ["data", "list", "nodes"];

    fn sifted(node: &str) -> (Vec<Node>, Vec<FieldError>) {
        let body = format!(r#"{{"data":{{"list":{{"nodes":[{node},{{"name":"b","count":2,"inner":null}}],"more":true}}}}}}"#);
        let (answer, spoilt) = sift::<Answer>(body.as_bytes(), &PATH).unwrap();
        assert!(answer.data.list.more);
        assert_eq!(answer.data.list.nodes.last().map(|node| node.count), Some(2), "its neighbour is read");
        (answer.data.list.nodes, spoilt.into_iter().map(|one| one.problem).collect())
    }

    #[test]
    fn what_cannot_be_read_is_named_and_its_neighbour_is_read() {
        for (node, field, value) in [
            (r#"{"name":"a","count":1.5,"inner":null}"#, "count", "1.5"),
            (r#"{"name":"a","count":1e999}"#, "count", "1e999"),
            (r#"{"name":"a","count":{"a":1}}"#, "count", "an object"),
            (r#"{"name":"a","count":null}"#, "count", "null"),
            (r#"{"name":"a"}"#, "count", "missing"),
            (r#"{"name":"a","count":1,"inner":{"id":["x"]}}"#, "id", "a list"),
        ] {
            let (_, problems) = sifted(node);
            let [problem] = problems.as_slice() else { panic!("{node}: {problems:?}") };
            assert_eq!((problem.field.as_str(), problem.value.as_str()), (field, value), "{node}");
        }
    }

    #[test]
    fn what_plays_no_part_or_says_the_same_is_put_right() {
        for node in [
            r#"{"name":7,"count":"1","inner":{"id":12}}"#,
            r#"{"name":{"x":1},"count":1.0,"inner":{"id":12}}"#,
            r#"{"count":1,"inner":{"id":"12"}}"#,
            r#"{"name":null,"count":1,"inner":{"id":"12"}}"#,
        ] {
            let (nodes, problems) = sifted(node);
            assert!(problems.is_empty(), "{node}: {problems:?}");
            assert_eq!((nodes[0].count, nodes[0].inner.as_ref().map(|inner| inner.id.as_str())), (1, Some("12")), "{node}");
        }
    }

    #[test]
    fn what_is_outside_of_the_list_is_not_made_up() {
        assert!(sift::<Answer>(br#"{"data":{"list":{"nodes":[],"more":"x"}}}"#, &PATH).is_none());
        assert!(sift::<Answer>(br#"{"data":null}"#, &PATH).is_none());
        assert!(sift::<Answer>(b"torn", &PATH).is_none());
    }
}
