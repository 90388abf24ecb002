//! The places that hold stock.

use crate::web::needs::Look;
use crate::web::{Answer, Call, Context, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use engine::views::{self, Locations};

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/locations",
        get_with(list, doc("Stock", "listLocations", "The locations that hold stock, and what they serve", "")),
    )
}

async fn list(call: Call<Look>) -> Result<Answer<Locations>, Problem> {
    Ok(Answer(views::locations(&call.world).await?))
}
