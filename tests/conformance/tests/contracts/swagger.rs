//! Documents of Swagger 2.0 in the form of `OpenAPI` 3, which the checker reads: the same contract, otherwise arranged.

use serde_json::{Map, Value, json};

/// What a document says, as `OpenAPI` 3 would.
pub(super) fn modern(old: &Value) -> Value {
    let mut paths = Map::new();
    for (path, operations) in old["paths"].as_object().into_iter().flatten() {
        let operations = operations.as_object().into_iter().flatten();
        let methods = operations.filter(|(name, _)| *name != "parameters");
        let modern: Map<String, Value> = methods.map(|(method, one)| (method.clone(), operation(one))).collect();
        paths.insert(path.clone(), modern.into());
    }
    let definitions = old["definitions"].as_object().into_iter().flatten();
    let schemas: Map<String, Value> =
        definitions.map(|(name, schema)| (name.clone(), moved(&together(schema, &old["definitions"])))).collect();
    json!({ "paths": paths, "components": { "schemas": schemas } })
}

fn operation(old: &Value) -> Value {
    let all = || old["parameters"].as_array().into_iter().flatten();
    let parameters: Vec<Value> = all().filter(|one| one["in"] != "body").map(parameter).collect();
    let mut responses = Map::new();
    for (status, response) in old["responses"].as_object().into_iter().flatten() {
        let content = match &response["schema"] {
            Value::Null => Value::Null,
            schema => json!({ "application/json": { "schema": moved(schema) } }),
        };
        responses.insert(status.clone(), json!({ "content": content }));
    }
    let mut new = json!({ "parameters": parameters, "responses": responses });
    if let Some(body) = all().find(|one| one["in"] == "body") {
        let content = json!({ "application/json": { "schema": moved(&body["schema"]) } });
        new["requestBody"] = json!({ "required": body["required"], "content": content });
    }
    new
}

/// What stands beside the name of a parameter is its schema.
fn parameter(old: &Value) -> Value {
    let beside = ["name", "in", "required", "description", "collectionFormat"];
    let fields = old.as_object().into_iter().flatten().filter(|(name, _)| !beside.contains(&name.as_str()));
    let schema: Map<String, Value> = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
    json!({ "name": old["name"], "in": old["in"], "required": old["required"] == true, "schema": schema })
}

/// Parts of one whole, each of which would forbid what the others have, as the whole.
fn together(schema: &Value, definitions: &Value) -> Value {
    let Some(parts) = schema["allOf"].as_array() else { return schema.clone() };
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in parts {
        let name = part["$ref"].as_str().and_then(|name| name.rsplit('/').next());
        let part = name.map_or(part, |name| &definitions[name]);
        let fields = part["properties"].as_object().into_iter().flatten();
        properties.extend(fields.map(|(name, schema)| (name.clone(), schema.clone())));
        required.extend(part["required"].as_array().into_iter().flatten().cloned());
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

/// References lead to where the schemas are now.
fn moved(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let each = fields.iter().map(|(name, value)| match value.as_str() {
                Some(to) if name == "$ref" => (name.clone(), to.replace("#/definitions/", "#/components/schemas/").into()),
                _ => (name.clone(), moved(value)),
            });
            Value::Object(each.collect())
        }
        Value::Array(all) => all.iter().map(moved).collect(),
        other => other.clone(),
    }
}
