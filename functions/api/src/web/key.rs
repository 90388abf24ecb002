//! The header `Idempotency-Key`: asked for again under the same key, nothing more is done.

use super::document;
use super::problem::{Code, Problem};
use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{HeaderStyle, Operation, Parameter, ParameterData, ParameterSchemaOrContent, ReferenceOr, SchemaObject};
use axum::extract::FromRequestParts;
use engine::check_mark;
use http::request::Parts;
use schemars::json_schema;

/// The header's name, as problems name it.
pub(crate) const NAME: &str = "Idempotency-Key";

/// What a key looks like, for people.
const EXPECTED: &str = "one key of 1 to 64 letters, digits, dashes, dots, colons and underscores";

/// The key of a request that may be asked again: 1 to 64 letters, digits, dashes, dots, colons and underscores. What was entered under it is
/// known by it from then on: it is the id of the shipment, cancellation, return, inspection or adjustment.
#[derive(Debug)]
pub(crate) struct IdempotencyKey(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut all = parts.headers.get_all(NAME).iter();
        let Some(given) = all.next() else {
            let detail = format!("{NAME}: is missing; give a key of your own, by which asking again does nothing more");
            return Err(Problem::of(Code::MissingIdempotencyKey, 400, detail).in_field(NAME));
        };
        if all.next().is_some() {
            // Nobody knows which of them the next attempt will have.
            return Err(Problem::new(400, format!("{NAME}: is there twice; give one")).in_field(NAME).with("expected", EXPECTED));
        }
        let text = String::from_utf8_lossy(given.as_bytes());
        let text = text.trim();
        // The draft of the header writes a text in quotes, most programs write it without.
        let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        Self::of(text)
    }
}

impl IdempotencyKey {
    /// A key that was given.
    pub(crate) fn of(text: &str) -> Result<Self, Problem> {
        check_mark(text).map_err(|error| about(error).with("expected", EXPECTED))?;
        Ok(Self(text.to_owned()))
    }
}

/// A refusal of the key names the header.
pub(crate) fn about(error: ports::Error) -> Problem {
    let is_key = error.operation == "id";
    let mut problem = Problem::from(error);
    if !is_key {
        return problem;
    }
    if let Some(rest) = problem.detail.strip_prefix("id: ") {
        problem.detail = format!("{NAME}: {rest}");
    }
    if problem.status == 422 {
        problem = problem.coded(Code::IdempotencyKeyReused);
    }
    problem.in_field(NAME)
}

/// Says of an operation that takes a key what the key is told apart by.
pub(super) fn tell_scope(operation: &mut Operation, id: &str) {
    for parameter in &mut operation.parameters {
        if let ReferenceOr::Item(Parameter::Header { parameter_data, .. }) = parameter
            && parameter_data.name == NAME
        {
            parameter_data.description = Some(scope(id));
        }
    }
}

/// What it names lies with the order, or with the stock.
fn scope(id: &str) -> String {
    let within = if id.starts_with("createStock") {
        "It is one of all adjustments and transfers that are asked for in JSON, whatever their product. A key of a file's row (`id`) is the \
         product's own, and another thing"
    } else {
        "It is the order's own: the same key under another order names something else"
    };
    format!(
        "Your key of it: asked for again under the same key with the same contents, `by` among them, nothing more is done. With other contents \
         it is refused (422, `idempotency_key_reused`). {within}."
    )
}

impl OperationInput for IdempotencyKey {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        if !document::is_made() {
            return;
        }
        let schema = json_schema!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._:-]+$" });
        let format = ParameterSchemaOrContent::Schema(SchemaObject { json_schema: schema, external_docs: None, example: None });
        let parameter_data = ParameterData {
            name: NAME.to_owned(),
            // What it is told apart by is said once the operation has its name.
            description: None,
            required: true,
            deprecated: None,
            format,
            example: None,
            examples: Default::default(),
            explode: None,
            extensions: Default::default(),
        };
        operation.parameters.push(ReferenceOr::Item(Parameter::Header { parameter_data, style: HeaderStyle::Simple }));
    }
}
