//! The page: one file for the browser, with nothing fetched from elsewhere; and the document of the API.

use crate::web::{Call, Context, Problem, doc};
use aide::OperationOutput;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response, SchemaObject, StatusCode};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::CONTENT_TYPE;
use schemars::json_schema;

const FRAME: &str = include_str!("../page/page.html");
const STYLE: &str = include_str!("../page/page.css");
/// In the order in which they run.
pub(crate) const SCRIPTS: [&str; 10] = [
    include_str!("../page/words.js"),
    include_str!("../page/page.js"),
    include_str!("../page/form.js"),
    include_str!("../page/order.js"),
    include_str!("../page/product.js"),
    include_str!("../page/explain.js"),
    include_str!("../page/attention.js"),
    include_str!("../page/listings.js"),
    include_str!("../page/one.js"),
    include_str!("../page/start.js"),
];

pub(super) fn routes() -> ApiRouter<Context> {
    // The page takes any parameter: what a mail or a search engine puts behind a link to it is no question to anybody.
    ApiRouter::new()
        .api_route("/", get_with(page, doc("Service", "getPage", "The page for people", "")))
        .api_route("/api/v1/openapi.json", get_with(document, doc("Service", "getOpenApi", "This document", "")))
}

/// The page, under a policy that lets only its own script and style run and talks only to where it came from.
async fn page() -> Page {
    let script = SCRIPTS.join("\n");
    let text = FRAME.replace("/*STYLE*/", STYLE).replace("/*SCRIPT*/", &script);
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        source(&script),
        source(STYLE)
    );
    Page { text, policy }
}

async fn document(_: Call) -> Result<OpenApiText, Problem> {
    Ok(OpenApiText)
}

fn source(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes())))
}

struct Page {
    text: String,
    policy: String,
}

impl IntoResponse for Page {
    fn into_response(self) -> axum::response::Response {
        let headers = [
            ("content-type", "text/html; charset=utf-8"),
            ("content-security-policy", self.policy.as_str()),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ];
        (headers, self.text).into_response()
    }
}

impl OperationOutput for Page {
    type Inner = Self;

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<StatusCode>, Response)> {
        answered("text/html", "string")
    }
}

struct OpenApiText;

impl IntoResponse for OpenApiText {
    fn into_response(self) -> axum::response::Response {
        ([(CONTENT_TYPE, "application/json")], crate::web::document::TEXT).into_response()
    }
}

impl OperationOutput for OpenApiText {
    type Inner = Self;

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<StatusCode>, Response)> {
        answered("application/json", "object")
    }
}

fn answered(media_type: &str, schema: &str) -> Vec<(Option<StatusCode>, Response)> {
    let schema = Some(SchemaObject { json_schema: json_schema!({ "type": schema }), external_docs: None, example: None });
    let content = [(media_type.to_owned(), MediaType { schema, ..MediaType::default() })].into_iter().collect();
    let response = Response { description: "As asked.".to_owned(), content, ..Response::default() };
    vec![(Some(StatusCode::Code(200)), response)]
}
