//! Bodies: JSON, and files of rows; and who sends them.

use super::caller::Caller;
use super::document;
use super::problem::Problem;
use crate::door;
use crate::text::words;
use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, ReferenceOr, RequestBody, SchemaObject};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use schemars::{JsonSchema, Schema, json_schema};
use serde::de::DeserializeOwned;

/// A body of JSON.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned + JsonSchema, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        // A page of somebody else's can have a browser send a form or a text here, but not JSON without asking first.
        if !is_of(request.headers(), "application/json") {
            return Err(Problem::new(415, "send JSON, with the header content-type: application/json").in_field("content-type"));
        }
        let bytes = bytes(request, state).await?;
        door::read(&bytes).map(Self).map_err(|wrong| misread(&wrong, &T::schema_name()))
    }
}

impl<T: DeserializeOwned + JsonSchema> Body<T> {
    /// What a form stands for.
    pub(crate) fn of(value: serde_json::Value) -> Result<Self, Problem> {
        door::of(value).map(Self).map_err(|wrong| misread(&wrong, &T::schema_name()))
    }
}

impl<T: JsonSchema> OperationInput for Body<T> {
    fn operation_input(gen_context: &mut GenContext, operation: &mut Operation) {
        if document::is_made() {
            let schema = gen_context.schema.subschema_for::<T>();
            operation.request_body = Some(of("application/json", schema, None));
        }
    }
}

/// That nothing is sent along: who sends something takes it for a part of what is asked.
pub(crate) struct NoBody;

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if bytes(request, state).await?.is_empty() {
            return Ok(Self);
        }
        Err(Problem::new(400, "body: got one, expected none; all that is asked stands in the path")
            .in_field("body")
            .with("expected", "no body"))
    }
}

impl OperationInput for NoBody {}

/// A file of rows, as it was sent.
pub(crate) struct CsvBody(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for CsvBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_of(request.headers(), "text/csv") {
            return Err(Problem::new(415, "send the file with the header content-type: text/csv").in_field("content-type"));
        }
        bytes(request, state).await.map(Self)
    }
}

impl OperationInput for CsvBody {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        let rows = format!(
            "Columns by name in the first line, separated by commas or semicolons; at most {} rows.",
            crate::sheet::MOST_ROWS
        );
        operation.request_body = Some(of("text/csv", json_schema!({ "type": "string" }), Some(rows)));
    }
}

fn of(media_type: &str, schema: Schema, description: Option<String>) -> ReferenceOr<RequestBody> {
    let schema = Some(SchemaObject { json_schema: schema, external_docs: None, example: None });
    let content = [(media_type.to_owned(), MediaType { schema, ..MediaType::default() })].into_iter().collect();
    ReferenceOr::Item(RequestBody { description, content, required: true, ..RequestBody::default() })
}

fn is_of(headers: &HeaderMap, media_type: &str) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type)
}

async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|_| Problem::new(400, "the body broke off in the middle"))
}

fn misread(wrong: &door::Wrong, what: &str) -> Problem {
    if wrong.field.is_empty() {
        return Problem::new(400, format!("the body is not the JSON of {what}: {wrong}; see /api/v1/openapi.json"));
    }
    let problem = Problem::new(400, format!("{wrong}; see /api/v1/openapi.json")).in_field(&wrong.field);
    match &wrong.known {
        Some(known) => problem.with("known", known.clone()),
        None => problem,
    }
}

/// Who asks, for the ledger and the journal; needed where the API does not know whom it talks to, 1 to 200 characters. Where it does, the name
/// of the token counts, and a different one is refused.
#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct By(Option<String>);

impl By {
    /// The name: the caller's, where the gateway knows one. A name in the body cannot stand for another person's.
    pub(crate) fn of(&self, caller: &Caller) -> Result<String, Problem> {
        match (caller.name.as_deref(), self.0.as_deref()) {
            (None, given) => words("by", given.unwrap_or_default()),
            (Some(caller), Some(given)) if given.trim() != caller.trim() => {
                Err(Problem::new(400, "by: your token names somebody else; leave it out, or sign in as them").in_field("by"))
            }
            (Some(caller), _) => Ok(caller.trim().to_owned()),
        }
    }
}
