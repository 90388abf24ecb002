//! Answers: JSON, and files.

use super::document;
use super::layers::as_json;
use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{
    Header, HeaderStyle, MediaType, Operation, ParameterSchemaOrContent, ReferenceOr, Response, SchemaObject, StatusCode,
};
use axum::response::IntoResponse;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use schemars::{JsonSchema, Schema, json_schema};
use serde::Serialize;

/// JSON.
pub(crate) struct Answer<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> axum::response::Response {
        ([(CONTENT_TYPE, "application/json")], as_json(&self.0)).into_response()
    }
}

impl<T: JsonSchema> OperationOutput for Answer<T> {
    type Inner = T;

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<StatusCode>, Response)> {
        vec![(Some(StatusCode::Code(200)), described::<T>("As asked."))]
    }
}

/// JSON with personal data: nothing on the way may keep it.
pub(crate) struct Private<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Private<T> {
    fn into_response(self) -> axum::response::Response {
        ([(CACHE_CONTROL, "no-store")], Answer(self.0)).into_response()
    }
}

impl<T: JsonSchema> OperationOutput for Private<T> {
    type Inner = T;

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<StatusCode>, Response)> {
        vec![(Some(StatusCode::Code(200)), described::<T>("As asked; nothing on the way may keep it."))]
    }
}

/// JSON, and where to see how far the rest is: 202 as long as not all of it is done.
pub(crate) struct Accepted<T> {
    pub(crate) body: T,
    /// Where to look. None: nothing is left to wait for.
    pub(crate) progress: Option<String>,
}

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> axum::response::Response {
        let mut response = Answer(self.body).into_response();
        if let Some(progress) = self.progress {
            *response.status_mut() = http::StatusCode::ACCEPTED;
            // Paths of ours are ASCII: what is not stands escaped in them.
            if let Ok(progress) = http::HeaderValue::try_from(progress) {
                response.headers_mut().insert(LOCATION, progress);
            }
        }
        response
    }
}

impl<T: JsonSchema> OperationOutput for Accepted<T> {
    type Inner = T;

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<StatusCode>, Response)> {
        let mut later =
            described::<T>("It holds, and not all of it is done yet: the header `location` names where to see how far it is.");
        later.headers.insert("location".to_owned(), header("Where to see how far it is."));
        vec![(Some(StatusCode::Code(200)), described::<T>("As asked.")), (Some(StatusCode::Code(202)), later)]
    }
}

/// A file of rows to keep, and where the rest of a longer one begins.
pub(crate) struct CsvFile {
    pub(crate) name: String,
    pub(crate) text: Vec<u8>,
    pub(crate) next: Option<String>,
}

/// Holds the cursor of the rest of a file.
const NEXT: &str = "sluis-next";

impl IntoResponse for CsvFile {
    fn into_response(self) -> axum::response::Response {
        let disposition = format!("attachment; filename=\"{}\"", self.name);
        let mut response =
            ([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, disposition)], self.text)
                .into_response();
        if let Some(next) = self.next.and_then(|next| http::HeaderValue::try_from(next).ok()) {
            response.headers_mut().insert(NEXT, next);
        }
        response
    }
}

impl OperationOutput for CsvFile {
    type Inner = Self;

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<StatusCode>, Response)> {
        let mut response = of("As asked.", "text/csv", json_schema!({ "type": "string" }));
        response.headers.insert(NEXT.to_owned(), header("The `cursor` of the rest, where there is more than fits in one file."));
        vec![(Some(StatusCode::Code(200)), response)]
    }
}

fn described<T: JsonSchema>(description: &str) -> Response {
    of(description, "application/json", document::answered::<T>())
}

/// A response with one kind of content.
pub(super) fn of(description: &str, media_type: &str, schema: Schema) -> Response {
    let schema = Some(SchemaObject { json_schema: schema, external_docs: None, example: None });
    let content = [(media_type.to_owned(), MediaType { schema, ..MediaType::default() })].into_iter().collect();
    Response { description: description.to_owned(), content, ..Response::default() }
}

fn header(description: &str) -> ReferenceOr<Header> {
    let schema = SchemaObject { json_schema: json_schema!({ "type": "string" }), external_docs: None, example: None };
    ReferenceOr::Item(Header {
        description: Some(description.to_owned()),
        style: HeaderStyle::Simple,
        required: false,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(schema),
        example: None,
        examples: Default::default(),
        extensions: Default::default(),
    })
}
