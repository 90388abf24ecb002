//! Documents as files. They name people: nothing on the way may keep them.

use super::answer;
use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Response, StatusCode};
use axum::response::IntoResponse;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use schemars::json_schema;

const PDF: &str = "application/pdf";
const XML: &str = "application/xml";

/// A PDF.
pub(crate) struct PdfFile {
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

/// An XML document.
pub(crate) struct XmlFile {
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

fn file(media_type: &'static str, name: &str, bytes: Bytes) -> axum::response::Response {
    let disposition = format!("inline; filename=\"{name}\"");
    let headers =
        [(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition), (CACHE_CONTROL, "no-store".to_owned())];
    (headers, bytes).into_response()
}

fn described(media_type: &str) -> Vec<(Option<StatusCode>, Response)> {
    let schema = json_schema!({ "type": "string", "format": "binary" });
    vec![(Some(StatusCode::Code(200)), answer::of("As asked; nothing on the way may keep it.", media_type, schema))]
}

impl IntoResponse for PdfFile {
    fn into_response(self) -> axum::response::Response {
        file(PDF, &self.name, self.bytes)
    }
}

impl IntoResponse for XmlFile {
    fn into_response(self) -> axum::response::Response {
        file(XML, &self.name, self.bytes)
    }
}

impl OperationOutput for PdfFile {
    type Inner = Self;

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<StatusCode>, Response)> {
        described(PDF)
    }
}

impl OperationOutput for XmlFile {
    type Inner = Self;

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<StatusCode>, Response)> {
        described(XML)
    }
}
