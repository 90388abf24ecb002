//! What waits for a person, and what they decide about it.

use crate::text::words;
use crate::web::needs::{DecideParked, ErasePersonalData, Look};
use crate::web::query::Paged;
use crate::web::{Answer, Body, By, Call, Context, NoBody, NoPath, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};
use engine::views::{self, Attention, Parked};
use engine::{Ports, dismiss_parked, erase_parked, retry_parked};

const TAG: &str = "Attention";

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/attention",
            get_with(
                list,
                doc(
                    TAG,
                    "listAttention",
                    "Everything that needs attention",
                    "Everything that waits for a person: connections that do not work, customers who ask for cancellation, \
                    what was parked, and differences that no repair helps against. `complete` tells whether that is known to be all",
                ),
            ),
        )
        .api_route("/api/v1/parked", get_with(list_parked, doc(TAG, "listParked", "What was parked, newest first", "")))
        .api_route(
            "/api/v1/parked/{id}/retry",
            post_with(
                retry,
                doc(
                    TAG,
                    "retryParked",
                    "Try a parked thing once more",
                    "Has a parked thing tried once more: an order is read again, a listing or a price is told again, \
                    listings of which one cannot be read are read anew, a channel is told again what it rejected, \
                    what is short is covered. It stays on the list until it is right. Answers what waits then",
                ),
            ),
        )
        .api_route(
            "/api/v1/parked/{id}/dismiss",
            post_with(
                dismiss,
                doc(
                    TAG,
                    "dismissParked",
                    "Nothing is to be done about it",
                    "Nothing is to be done about a parked thing: it leaves the list, holds no figures down any more, \
                    and comes back only if it fails for another reason. What it holds is erased. Answers what waits \
                    then",
                ),
            ),
        )
        .api_route(
            "/api/v1/parked/{id}/body",
            delete_with(
                erase,
                doc(
                    TAG,
                    "eraseParked",
                    "Erase what a parked thing holds",
                    "Erases what a parked thing holds, such as a delivery with a customer's words; what it is and \
                    why stays. Answers what waits then",
                ),
            ),
        )
}

/// A thing that was parked.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct ParkedPath {
    /// Which.
    id: String,
}

impl ParkedPath {
    /// No id of ours is longer; a key of the table could not be.
    const LONGEST: usize = 200;

    fn known(&self) -> Result<&str, Problem> {
        if self.id.is_empty() || self.id.len() > Self::LONGEST {
            return Err(Problem::new(404, "nothing is parked under this id; /api/v1/parked has those that are"));
        }
        Ok(&self.id)
    }
}

/// Who wants a thing tried again.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetryRequest {
    #[serde(default)]
    by: By,
}

/// That nothing is to be done about a thing.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DismissRequest {
    /// Why not, for whoever asks later: 1 to 200 characters. No personal data.
    reason: String,
    #[serde(default)]
    by: By,
}

async fn list(call: Call<Look>) -> Result<Answer<Attention>, Problem> {
    waiting(&call.world).await
}

async fn list_parked(call: Call<Look, NoPath, Paged>) -> Result<Answer<Parked>, Problem> {
    Ok(Answer(views::parked(&call.world, &call.query.request()).await?))
}

pub(crate) async fn retry(
    call: Call<DecideParked, ParkedPath>,
    Body(asked): Body<RetryRequest>,
) -> Result<Answer<Attention>, Problem> {
    retry_parked(&call.world, &call.lookup, call.path.known()?, &asked.by.of(&call.caller)?).await?;
    waiting(&call.world).await
}

pub(crate) async fn dismiss(
    call: Call<DecideParked, ParkedPath>,
    Body(asked): Body<DismissRequest>,
) -> Result<Answer<Attention>, Problem> {
    let by = asked.by.of(&call.caller)?;
    dismiss_parked(&call.world, call.path.known()?, &by, &words("reason", &asked.reason)?).await?;
    waiting(&call.world).await
}

pub(crate) async fn erase(call: Call<ErasePersonalData, ParkedPath>, _: NoBody) -> Result<Answer<Attention>, Problem> {
    erase_parked(&call.world, call.path.known()?).await?;
    waiting(&call.world).await
}

async fn waiting(world: &Ports) -> Result<Answer<Attention>, Problem> {
    Ok(Answer(views::attention(world).await?))
}
