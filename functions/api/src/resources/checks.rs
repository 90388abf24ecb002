//! Whether a connection's credentials are accepted, and what they lack.

use super::connections::{ConnectionPath, TAG};
use crate::web::needs::{Look, ManageConnections};
use crate::web::{Accepted, Answer, Call, Context, NoBody, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use engine::ask_for_check;
use engine::views::{self, ConnectionCheck};

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/connections/{connection}/check",
        get_with(
            read,
            doc(
                TAG,
                "getCheck",
                "What the last look at a connection's credentials found",
                "Whether the channel accepts the connection's credentials, whose account they are of, and which rights they lack: as last looked \
                 at. That is done when they or the settings change, and once a day",
            ),
        )
        .post_with(
            ask,
            doc(
                TAG,
                "checkConnection",
                "Have a connection's credentials looked at",
                "Has the connection's credentials looked at with the next poll, within about a minute. Until then `getCheck` answers what was found \
                 before, with `requested_at`",
            ),
        ),
    )
}

async fn read(call: Call<Look, ConnectionPath>) -> Result<Answer<ConnectionCheck>, Problem> {
    Ok(Answer(views::connection_check(&call.world, &call.lookup, &call.path.connection).await?))
}

pub(crate) async fn ask(call: Call<ManageConnections, ConnectionPath>, _: NoBody) -> Result<Accepted<ConnectionCheck>, Problem> {
    let connection = &call.path.connection;
    ask_for_check(&call.world, &call.lookup, connection).await?;
    let body = views::connection_check(&call.world, &call.lookup, connection).await?;
    Ok(Accepted { body, progress: Some(format!("/api/v1/connections/{connection}/check")) })
}
