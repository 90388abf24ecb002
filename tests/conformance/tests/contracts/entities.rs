//! A document that describes rows of a database as somebody who writes a whole one must send them, made to say what is told of them: a search tells what it was
//! asked for and no more, what is empty is null, and lists are lists.

use serde_json::{Map, Value, json};

/// Names of what the document calls an object, and is a list.
const LISTS: [&str; 3] = ["calculatedTaxes", "taxRules", "queries"];
/// What a search is made of: it is sent whole.
const SENT: [&str; 5] = ["Criteria", "SimpleFilter", "EqualsFilter", "MultiNotFilter", "RangeFilter"];

/// The document, with these paths of the whole one, below the address where the API is.
pub(super) fn as_told(mut document: Value, whole: &Value, further: &[&str], below: &str) -> Value {
    for path in further {
        assert!(whole["paths"][path].is_object(), "{path} is in the whole document");
        document["paths"][path] = whole["paths"][path].clone();
    }
    let mut paths = Map::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        let mut operations = operations.clone();
        for (method, operation) in operations.as_object_mut().into_iter().flatten() {
            answers(path, method, operation);
        }
        paths.insert(format!("{below}{path}"), operations);
    }
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let told = |(name, schema): (&String, &Value)| (name.clone(), row(schema, !SENT.contains(&name.as_str())));
    let schemas: Map<String, Value> = schemas.map(told).collect();
    json!({ "paths": paths, "components": { "schemas": schemas } })
}

/// What an operation answers. Refusals are in another form everywhere, which the document has in one place.
fn answers(path: &str, method: &str, operation: &mut Value) {
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    responses.retain(|status, _| status.starts_with('2'));
    let plain = "application/json";
    if method == "patch" {
        // Nothing is told of what was changed, unless it is asked for.
        responses.insert("204".to_owned(), json!({}));
    }
    if path.starts_with("/search/") {
        let told = &mut responses["200"]["content"][plain]["schema"]["properties"];
        assert!(told["aggregations"].is_null(), "it stands there by now");
        told["aggregations"] = json!({ "type": "array" });
    }
    if path.ends_with("/state/{transition}") {
        assert!(responses["200"]["content"].is_null(), "it stands there by now");
        responses["200"]["content"] = json!({ plain: { "schema": { "$ref": "#/components/schemas/StateMachineState" } } });
    }
}

/// A schema of what is told (nothing of it must be there, and everything may be empty), or of what is sent.
fn row(schema: &Value, told: bool) -> Value {
    let Some(fields) = schema.as_object() else { return schema.clone() };
    let mut out = Map::new();
    for (name, value) in fields {
        match name.as_str() {
            "required" if told && value.is_array() => {}
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                let each = properties.map(|(name, schema)| (name.clone(), property(name, schema, told)));
                out.insert(name.clone(), each.collect::<Map<_, _>>().into());
            }
            "items" => drop(out.insert(name.clone(), row(value, told))),
            _ => drop(out.insert(name.clone(), value.clone())),
        }
    }
    out.into()
}

fn property(name: &str, schema: &Value, told: bool) -> Value {
    if LISTS.contains(&name) {
        return json!({ "type": "array" });
    }
    let mut schema = row(schema, told);
    if !told {
        return schema;
    }
    match schema["type"].as_str().map(str::to_owned) {
        // PHP writes a map without entries as a list.
        Some(kind) if kind == "object" && schema["properties"].is_null() => json!({ "type": ["object", "array", "null"] }),
        Some(kind) => {
            schema["type"] = json!([kind, "null"]);
            schema
        }
        None => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}
