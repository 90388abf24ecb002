//! JSON Schemas as contracts print them, made strict: where properties are declared, no others are allowed.

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// In which dialect a contract writes its schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `OpenAPI` 3.0: `nullable`, formats such as `int32`.
    OpenApi,
    /// `WordPress`: `required` on the property itself, times whose zone is optional.
    WordPress,
}

/// Compiles a schema strictly; `components` are what its references point into.
pub fn strictly(schema: &Value, components: &Value, form: Form) -> Validator {
    let mut whole = strict(schema, form, Forbid::Unknown);
    if let (Some(fields), false) = (whole.as_object_mut(), components.is_null()) {
        fields.insert("components".into(), components_of(components, form));
    }
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .with_format("wordpress-time", is_wordpress_time)
        .with_format("int32", |_: &str| true)
        .build(&whole)
        .unwrap()
}

/// Compiled schemas by their place in the contract: compiling costs far more than checking.
#[derive(Default)]
pub(super) struct Compiled(RefCell<BTreeMap<String, Rc<Validator>>>);

impl Compiled {
    pub(super) fn at(&self, place: &str, schema: &Value, components: &Value, form: Form) -> Rc<Validator> {
        let mut known = self.0.borrow_mut();
        Rc::clone(known.entry(place.to_owned()).or_insert_with(|| Rc::new(strictly(schema, components, form))))
    }
}

/// What is wrong with a value, by the place in it.
pub(super) fn flaws(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// What JSON Schema knows as types.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Forbid {
    Unknown,
    /// Below `allOf` and its like each part knows only some of the properties.
    Nothing,
}

fn components_of(components: &Value, form: Form) -> Value {
    let schemas = components["schemas"].as_object().cloned().unwrap_or_default();
    let schemas: Map<_, _> = schemas.iter().map(|(name, schema)| (name.clone(), strict(schema, form, Forbid::Unknown))).collect();
    json!({ "schemas": schemas })
}

fn strict(schema: &Value, form: Form, forbid: Forbid) -> Value {
    let Some(fields) = schema.as_object() else { return schema.clone() };
    let mut out = Map::new();
    for (name, value) in fields {
        let value = match name.as_str() {
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                properties.map(|(n, s)| (n.clone(), strict(s, form, Forbid::Unknown))).collect::<Map<_, _>>().into()
            }
            // Words that are no types: a time, and whatever else plugins write.
            "type" if form == Form::WordPress && value == "date-time" => {
                out.insert("format".into(), "wordpress-time".into());
                "string".into()
            }
            "type" if form == Form::WordPress && value.as_str().is_some_and(|word| !TYPES.contains(&word)) => continue,
            "items" | "additionalProperties" | "not" => strict(value, form, Forbid::Unknown),
            "allOf" | "anyOf" | "oneOf" => {
                value.as_array().into_iter().flatten().map(|s| strict(s, form, Forbid::Nothing)).collect()
            }
            "format" if form == Form::WordPress && value == "date-time" => "wordpress-time".into(),
            // On a property, `WordPress` says with it whether the whole needs the property: gathered below.
            "required" if value.is_boolean() => continue,
            "nullable" | "example" | "default" | "description" | "context" | "readonly" => continue,
            // An empty list of properties, as PHP prints an empty map.
            _ => value.clone(),
        };
        out.insert(name.clone(), value);
    }
    let kind = out.get("type").and_then(Value::as_str).map(str::to_owned);
    if let Some(kind) = kind.filter(|_| fields.get("nullable") == Some(&Value::Bool(true))) {
        out.insert("type".into(), json!([kind, "null"]));
    }
    let declared = out.get("properties").and_then(Value::as_object).is_some_and(|p| !p.is_empty());
    if declared && forbid == Forbid::Unknown && !out.contains_key("additionalProperties") {
        out.insert("additionalProperties".into(), Value::Bool(false));
    }
    if form == Form::WordPress {
        let needed = needed(fields.get("properties"));
        if !needed.is_empty() {
            out.insert("required".into(), needed.into());
        }
    }
    out.into()
}

/// The names of properties that say of themselves that they are required.
fn needed(properties: Option<&Value>) -> Vec<String> {
    let properties = properties.and_then(Value::as_object).into_iter().flatten();
    properties.filter(|(_, schema)| schema["required"] == true).map(|(name, _)| name.clone()).collect()
}

/// `rest_parse_date`: date and time, and a zone or none.
fn is_wordpress_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok() || (text.contains('T') && text.parse::<jiff::civil::DateTime>().is_ok())
}
