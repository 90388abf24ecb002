//! What differs between channels and our books.

use crate::web::needs::Look;
use crate::web::query::{Cursor, Flag, Limit, page};
use crate::web::{Answer, Call, Context, NoPath, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use engine::views::{self, DriftReport};

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/drift",
        get_with(list, doc("Attention", "listDrift", "Differences between channels and our books", "")),
    )
}

/// Which differences.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Filter {
    /// The `next` of the page before; left out: the first page.
    #[serde(default)]
    cursor: Option<Cursor>,
    /// Entries of the page.
    #[serde(default)]
    limit: Limit,
    /// Only what a person must decide.
    #[serde(default)]
    needs_attention: Flag,
}

async fn list(call: Call<Look, NoPath, Filter>) -> Result<Answer<DriftReport>, Problem> {
    let Filter { cursor, limit, needs_attention } = call.query;
    Ok(Answer(views::drift(&call.world, needs_attention.0, &page(cursor, limit)).await?))
}
