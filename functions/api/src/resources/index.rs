//! The index by which orders and products are found.

use crate::web::needs::{Look, ManageConnections};
use crate::web::{Answer, Call, Context, NoBody, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use engine::ask_for_rebuild;
use engine::views::{self, IndexStatus};

const TAG: &str = "Index";

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/index",
            get_with(read, doc(TAG, "getIndex", "How far the index is", "The index by which orders are listed and found")),
        )
        .api_route(
            "/api/v1/index/rebuild",
            post_with(
                rebuild,
                doc(
                    TAG,
                    "rebuildIndex",
                    "Rebuild the index",
                    "Has it built anew from the orders and products; until then it stays in use. It begins within two minutes; one that is \
                    under way begins again",
                ),
            ),
        )
}

async fn read(call: Call<Look>) -> Result<Answer<IndexStatus>, Problem> {
    Ok(Answer(views::index_status(&call.world).await?.0))
}

async fn rebuild(call: Call<ManageConnections>, _: NoBody) -> Result<Answer<IndexStatus>, Problem> {
    ask_for_rebuild(&call.world).await?;
    Ok(Answer(views::index_status(&call.world).await?.0))
}
