//! `/pulse`: a few letters that change when something was done.

use super::visit::Visit;
use crate::web::Problem;
use axum::response::{IntoResponse as _, Response};
use engine::views;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

pub(crate) async fn pulse(visit: Visit) -> Response {
    match views::pulse(&visit.world).await {
        Ok(pulse) => ([(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "no-store")], pulse).into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}
