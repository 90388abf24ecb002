//! The document of the API.

use crate::web::needs::Look;
use crate::web::{Call, Context, Problem, doc};
use aide::OperationOutput;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response, SchemaObject, StatusCode};
use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;
use schemars::json_schema;

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route("/api/v1/openapi.json", get_with(document, doc("Service", "getOpenApi", "This document", "")))
}

async fn document(_: Call<Look>) -> Result<OpenApiText, Problem> {
    Ok(OpenApiText)
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
        let json_schema = json_schema!({ "type": "object" });
        let schema = Some(SchemaObject { json_schema, external_docs: None, example: None });
        let content = [("application/json".to_owned(), MediaType { schema, ..MediaType::default() })].into_iter().collect();
        let response = Response { description: "As asked.".to_owned(), content, ..Response::default() };
        vec![(Some(StatusCode::Code(200)), response)]
    }
}
