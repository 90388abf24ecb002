//! `/assets/…`: style, script and sign. Their addresses name their contents, so a browser may keep them.

use crate::web::Problem;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};

pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let address = format!("/assets/{name}");
    let Some(asset) = web::ASSETS.iter().find(|asset| asset.address == address) else {
        return Problem::new(404, "there is no such file, or no longer; load the page again").into_response();
    };
    let headers = [
        ("content-type", asset.media_type),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
    ];
    (headers, asset.text).into_response()
}
