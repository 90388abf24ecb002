//! What a connection may be told.

use crate::web::needs::{Look, ManageConnections};
use crate::web::query::Paged;
use crate::web::{Accepted, Answer, Body, Call, Context, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, put_with};
use domain::{ConnectionId, Publishing, Sku};
use engine::views::{self, RolloutHealth};
use engine::{PublicationPreview, preview_publication, set_publishing};
use std::collections::BTreeSet;

pub(super) const TAG: &str = "Connections";
/// Where one sees how far a change of settings is.
const PROGRESS: &str = "/api/v1/health";

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/connections/{connection}/publishing",
            put_with(
                publish,
                doc(
                    TAG,
                    "putPublishing",
                    "Say which products a connection is told about",
                    "Says which products a connection is told about: all, selected ones, or none. Orders are taken in all the same. 202: it \
                     holds, and figures follow in the background",
                ),
            ),
        )
        .api_route(
            "/api/v1/connections/{connection}/publication-preview",
            get_with(
                preview,
                doc(
                    TAG,
                    "previewPublication",
                    "What a connection would be told",
                    "Every listing of a connection with the figure it is seen to show and the figure it would be told",
                ),
            ),
        )
}

/// A connection.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct ConnectionPath {
    /// Which.
    pub(crate) connection: ConnectionId,
}

/// What a connection is to be told.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublishingRequest {
    /// Every product that is matched, selected ones only, or none.
    r#type: PublishingType,
    /// Which products: with `selected`, and with nothing else.
    #[serde(default)]
    skus: Option<BTreeSet<Sku>>,
}

/// Of how many products a connection is told.
#[derive(Debug, Clone, Copy, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PublishingType {
    /// Every product that is matched.
    All,
    /// Those that are named.
    Selected,
    /// None.
    None,
}

impl PublishingRequest {
    fn publishing(self) -> Result<Publishing, Problem> {
        match (self.r#type, self.skus) {
            (PublishingType::All, None) => Ok(Publishing::All),
            (PublishingType::None, None) => Ok(Publishing::None),
            (PublishingType::Selected, Some(skus)) => Ok(Publishing::Selected { skus }),
            (PublishingType::Selected, None) => {
                Err(Problem::new(400, "skus: is missing; `selected` needs the products").in_field("skus"))
            }
            (PublishingType::All | PublishingType::None, Some(_)) => {
                Err(Problem::new(400, "skus: belongs to `selected`; leave it out, or say `selected`").in_field("skus"))
            }
        }
    }
}

/// What a connection is told of from now on.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct PublishingView {
    /// The connection.
    connection: ConnectionId,
    /// What holds now.
    publishing: Publishing,
    /// How many products' figures are on their way so far; none: all of them.
    rollout: Option<RolloutHealth>,
}

/// Says which products a connection is told about.
/// With many products not all of them are on their way when this answers: then it answers 202, and where to see how far it is.
pub(crate) async fn publish(
    call: Call<ManageConnections, ConnectionPath>,
    Body(asked): Body<PublishingRequest>,
) -> Result<Accepted<PublishingView>, Problem> {
    let connection = call.path.connection;
    let publishing = asked.publishing()?;
    set_publishing(&call.world, &connection, publishing.clone()).await?;
    let rollout = views::settings_under_way(&call.world, &connection).await?;
    let progress = rollout.is_some().then(|| PROGRESS.to_owned());
    Ok(Accepted { body: PublishingView { connection, publishing, rollout }, progress })
}

async fn preview(call: Call<Look, ConnectionPath, Paged>) -> Result<Answer<PublicationPreview>, Problem> {
    let request = call.query.request();
    Ok(Answer(preview_publication(&call.world, &call.lookup, &call.path.connection, &request).await?))
}
