//! What other rules would have done.

use crate::web::needs::Look;
use crate::web::{Answer, Body, Call, Context, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use engine::views::{self, WhatIfReport, WhatIfRequest};

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/what-if",
        post_with(
            replay,
            doc(
                "Rules",
                "whatIf",
                "Play the last days under other rules",
                "Plays the last days under other rules, a page of products at a time: oversells avoided, and the time in which listings would \
                 have shown 0 while there was stock. Changes nothing",
            ),
        ),
    )
}

async fn replay(call: Call<Look>, Body(asked): Body<WhatIfRequest>) -> Result<Answer<WhatIfReport>, Problem> {
    Ok(Answer(views::what_if_report(&call.world, &asked).await?))
}
