//! The index that a `WordPress` site prints of its routes: a pattern, methods, and a schema for each argument.

use super::strict::{Compiled, Form, flaws};
use super::{Contract, Verdict, answered, query, typed};
use crate::wire::Exchange;
use http::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Named groups of a pattern and what stands there.
type Placed = Vec<(String, String)>;

/// The index, and the schemas of what its routes answer with.
pub struct WordPress {
    index: Value,
    /// Where the index begins in an address: `/wp-json`.
    prefix: &'static str,
    /// Parameters of who calls, which are not part of any route.
    apart: &'static [&'static str],
    /// Schema of one resource, by the last word of its route.
    resources: BTreeMap<String, Value>,
    /// Tells fields of a resource that a real site answers with other than its printed schema says: route's word, field, value.
    excused: fn(&str, &str, &Value) -> bool,
    compiled: Compiled,
}

impl WordPress {
    /// Reads an index.
    pub fn new(
        index: Value,
        prefix: &'static str,
        apart: &'static [&'static str],
        resources: BTreeMap<String, Value>,
        excused: fn(&str, &str, &Value) -> bool,
    ) -> Self {
        Self { index, prefix, apart, resources, excused, compiled: Compiled::default() }
    }

    fn endpoint(&self, method: &Method, path: &str) -> Option<(&str, &Value, Placed)> {
        let routes = self.index["routes"].as_object()?;
        routes.iter().find_map(|(pattern, route)| {
            let placed = matched(pattern, path)?;
            let endpoints = route["endpoints"].as_array()?;
            let speaks = |e: &&Value| e["methods"].as_array().is_some_and(|m| m.iter().any(|m| m == method.as_str()));
            Some((pattern.as_str(), endpoints.iter().find(speaks)?, placed))
        })
    }
}

/// The named groups of a route's pattern, if the path fits it. Groups are taken for one word, and those of digits for digits.
fn matched(pattern: &str, path: &str) -> Option<Placed> {
    let words = split(pattern);
    if words.len() != path.split('/').count() {
        return None;
    }
    let mut placed = Vec::new();
    for (wanted, given) in words.iter().zip(path.split('/')) {
        match wanted.strip_prefix("(?P<").and_then(|w| w.split_once('>')) {
            Some((name, form)) => {
                let digits = given.bytes().all(|b| b.is_ascii_digit());
                if given.is_empty() || (form.starts_with(r"[\d]") && !digits) {
                    return None;
                }
                placed.push((name.to_owned(), given.to_owned()));
            }
            None if wanted == given => {}
            None => return None,
        }
    }
    Some(placed)
}

/// At slashes that stand outside of a group.
fn split(pattern: &str) -> Vec<String> {
    let (mut words, mut depth) = (vec![String::new()], 0_i32);
    for sign in pattern.chars() {
        depth += i32::from(sign == '(') - i32::from(sign == ')');
        match words.last_mut() {
            Some(word) if sign != '/' || depth > 0 => word.push(sign),
            _ => words.push(String::new()),
        }
    }
    words
}

impl Contract for WordPress {
    fn judge(&self, exchange: &Exchange) -> Verdict {
        let request = &exchange.request;
        let path = request.uri().path().strip_prefix(self.prefix).unwrap_or_default();
        let Some((pattern, endpoint, placed)) = self.endpoint(request.method(), path) else {
            let kind = format!("{} {path}", request.method());
            return Verdict { kind, request: vec!["no such route and method".into()], ..Verdict::default() };
        };
        let mut verdict = Verdict { kind: format!("{} {pattern}", request.method()), ..Verdict::default() };
        let args = json!({ "type": "object", "properties": endpoint["args"] });
        let schema = |name: &str| &endpoint["args"][name];
        let mut given: Map<String, Value> = Map::new();
        for (name, text) in query(request).iter().filter(|(name, _)| !self.apart.contains(&name.as_str())) {
            given.insert(name.clone(), typed(text, schema(name)));
        }
        let reads = matches!(*request.method(), Method::GET | Method::DELETE);
        match (reads, request.body().is_empty()) {
            (true, false) => verdict.request.push("takes its arguments in the address, not in a body".into()),
            (false, false) => match serde_json::from_slice(request.body()) {
                Ok(Value::Object(body)) => given.extend(body),
                _ => verdict.request.push("the body is no JSON object".into()),
            },
            _ => {}
        }
        // Words of the path are arguments too; not every route lists them.
        for (name, text) in placed {
            if !schema(&name).is_null() {
                given.insert(name.clone(), typed(&text, schema(&name)));
            }
        }
        verdict
            .request
            .extend(flaws(&self.compiled.at(&verdict.kind, &args, &Value::Null, Form::WordPress), &Value::Object(given)));
        self.answer(exchange, pattern, &mut verdict);
        verdict
    }
}

impl WordPress {
    fn answer(&self, exchange: &Exchange, pattern: &str, verdict: &mut Verdict) {
        let words = split(pattern);
        let word = words.iter().rev().find(|w| !w.starts_with('(')).map_or("", String::as_str);
        let done = exchange.response.as_ref().filter(|r| r.status().is_success());
        let (Some(schema), Some(answer)) = (self.resources.get(word), answered(done)) else { return };
        verdict.answer_has_form = true;
        let validator = self.compiled.at(&format!("answer {word}"), schema, &Value::Null, Form::WordPress);
        let one = |value: &Value| {
            let fields = value.as_object().into_iter().flatten();
            let kept = fields.filter(|(name, v)| !(self.excused)(word, name, v)).map(|(name, v)| (name.clone(), v.clone()));
            flaws(&validator, &Value::Object(kept.collect()))
        };
        match answer {
            Value::Array(all) => verdict.response.extend(all.iter().flat_map(one)),
            value => verdict.response.extend(one(&value)),
        }
    }
}
