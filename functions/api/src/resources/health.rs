//! How each connection is doing.

use crate::web::needs::Look;
use crate::web::{Answer, Call, Context, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use engine::views::{self, Health};

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route("/api/v1/health", get_with(read, doc("Connections", "getHealth", "How each connection is doing", "")))
}

async fn read(call: Call<Look>) -> Result<Answer<Health>, Problem> {
    Ok(Answer(views::health(&call.world).await?))
}
