//! The OpenAPI document, made from the handlers: from what they take and what they answer. What is served is the checked-in copy, which a
//! test holds to it, so that a start pays nothing for it.

use aide::axum::ApiRouter;
use aide::generate;
use aide::openapi::OpenApi;
#[cfg(test)]
use aide::openapi::{Contact, Info, License, Server, Tag};
use aide::transform::TransformOperation;
use axum::Router;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::Value;
use std::cell::{Cell, RefCell};

/// By this name an operation says in the document which right it needs.
pub(super) const NEEDS: &str = "x-needs";
/// The document as it is served.
pub(crate) const TEXT: &str = include_str!("../../openapi.json");

thread_local! {
    static MADE: Cell<bool> = const { Cell::new(false) };
    /// Types that are answered look otherwise than types that are asked: what has a default is always there.
    static ANSWERS: RefCell<SchemaGenerator> = RefCell::new(settings().for_serialize().into_generator());
}

/// Whether the document is made just now. Where it is not, nobody asks a type for its schema.
pub(super) fn is_made() -> bool {
    MADE.get()
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    })
}

/// The schema of what is answered.
pub(super) fn answered<T: JsonSchema>() -> Schema {
    ANSWERS.with_borrow_mut(SchemaGenerator::subschema_for::<T>)
}

/// A parameter that may be left out is not one that may be null.
pub(super) fn without_null(mut schema: Schema) -> Schema {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(|properties| properties.values_mut()).filter_map(Value::as_object_mut) {
        if property.get("default") == Some(&Value::Null) {
            property.remove("default");
        }
        if let Some(Value::Array(types)) = property.get_mut("type") {
            types.retain(|one| one != "null");
            if let [one] = types.as_slice() {
                let one = one.clone();
                property.insert("type".to_owned(), one);
            }
        }
        if let Some(Value::Array(several)) = property.get("anyOf") {
            let typed: Vec<Value> = several.iter().filter(|one| one["type"] != "null").cloned().collect();
            if let [Value::Object(one)] = typed.as_slice() {
                let one = one.clone();
                property.remove("anyOf");
                property.extend(one);
            }
        }
    }
    schema
}

/// How an operation is called, what it is in a few words, and all there is to say of it.
pub(crate) fn doc(
    tag: &'static str,
    id: &'static str,
    summary: &'static str,
    description: &'static str,
) -> impl FnOnce(TransformOperation<'_>) -> TransformOperation<'_> {
    move |mut operation| {
        super::key::tell_scope(operation.inner_mut(), id);
        // Whoever has nothing more to say of it has said it.
        let description = if description.is_empty() { summary } else { description };
        operation.tag(tag).id(id).summary(summary).description(description)
    }
}

/// Routes with their document.
pub(crate) struct Described<S> {
    pub(crate) router: Router<S>,
    pub(crate) paths: Vec<String>,
}

impl<S: Clone + Send + Sync + 'static> Described<S> {
    /// The routes alone; their document stays unmade.
    pub(crate) fn of(all: fn() -> ApiRouter<S>) -> Self {
        generate::infer_responses(false);
        let mut document = OpenApi::default();
        let router = all().finish_api(&mut document);
        let paths = document.paths.map(|paths| paths.paths.into_keys().collect()).unwrap_or_default();
        Self { router, paths }
    }
}

/// Makes the document.
#[cfg(test)]
pub(crate) fn document<S: Clone + Send + Sync + 'static>(routes: fn() -> ApiRouter<S>, tags: &[(&str, &str)]) -> Value {
    MADE.set(true);
    generate::reset_context();
    generate::in_context(|gen_context| gen_context.schema = settings().into_generator());
    ANSWERS.set(settings().for_serialize().into_generator());
    let mut document = OpenApi { info: info(), ..OpenApi::default() };
    document.servers = vec![Server { url: "/".to_owned(), ..Server::default() }];
    let tag = |(name, description): &(&str, &str)| Tag {
        name: (*name).to_owned(),
        description: Some((*description).to_owned()),
        ..Tag::default()
    };
    document.tags = tags.iter().map(tag).collect();
    let _ = routes().finish_api(&mut document);
    MADE.set(false);
    let mut document = serde_json::to_value(&document).unwrap();
    let answers = ANSWERS.with_borrow_mut(|answers| answers.take_definitions(true));
    let schemas = document["components"]["schemas"].as_object_mut().unwrap();
    schemas.extend(answers);
    schemas.sort_keys();
    enumerated(&mut document);
    document
}

/// Words of which one is meant, each with what it means, as a list of them: generators of clients read alternatives that are one word each as
/// types of their own. What each means is kept in the description.
#[cfg(test)]
fn enumerated(value: &mut Value) {
    match value {
        Value::Array(several) => several.iter_mut().for_each(enumerated),
        Value::Object(fields) => {
            fields.values_mut().for_each(enumerated);
            let alternatives = fields.get("oneOf").and_then(Value::as_array).cloned().unwrap_or_default();
            let words = |one: &Value| match one.get("enum").and_then(Value::as_array) {
                Some(several) => several.clone(),
                None => one.get("const").cloned().into_iter().collect(),
            };
            let all: Vec<Value> = alternatives.iter().flat_map(words).collect();
            if all.is_empty() || !alternatives.iter().all(|one| one["type"] == "string" && !words(one).is_empty()) {
                return;
            }
            let meant = alternatives.iter().filter_map(|one| {
                let word = one.get("const")?.as_str()?;
                Some(format!("* `{word}`: {}", one.get("description")?.as_str()?))
            });
            let said = fields.get("description").and_then(Value::as_str).map(|said| format!("{said}\n")).into_iter();
            let description = said.chain(meant).collect::<Vec<_>>().join("\n");
            fields.remove("oneOf");
            fields.insert("type".to_owned(), "string".into());
            fields.insert("enum".to_owned(), all.into());
            if !description.is_empty() {
                fields.insert("description".to_owned(), description.into());
            }
        }
        _ => {}
    }
}

#[cfg(test)]
fn info() -> Info {
    Info {
        title: "Sluis".to_owned(),
        version: "1".to_owned(),
        description: Some(
            "One stock figure for every channel, each order taken in exactly once. Instants are UTC, quantities whole units. Path segments are \
             percent-encoded: a SKU may hold spaces and slashes. What could be done twice by accident is asked with the header \
             `Idempotency-Key`. What could not be done is answered as a problem (RFC 9457) with a `code` that stays; so is what is refused before a \
             route is found (403, 408, 413, 415, 503)."
                .to_owned(),
        ),
        contact: Some(Contact { name: Some("Sluis".to_owned()), url: Some("https://github.com/sluis".to_owned()), ..Contact::default() }),
        license: Some(License { name: "MIT OR Apache-2.0".to_owned(), identifier: Some("MIT OR Apache-2.0".to_owned()), ..License::default() }),
        ..Info::default()
    }
}
