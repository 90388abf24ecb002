//! Units that will not be sent.

use super::orders::{OrderPath, TAG, act_once};
use crate::web::needs::CancelOrders;
use crate::web::{Answer, Body, By, Call, Context, IdempotencyKey, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use domain::{CancelReason, LineUnits};
use engine::OrderCommand;
use engine::views::OrderView;

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/orders/{connection}/{order}/cancellations",
        post_with(
            create,
            doc(
                TAG,
                "createCancellation",
                "Cancel units of an order",
                "Units will not be sent, and the channel is told. They are free again when the channel says that they are cancelled; those that \
                 are not there are written off then. Answers the order",
            ),
        ),
    )
}

/// Units that will not be sent.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancellationRequest {
    /// Which units; everything that was not sent if left out.
    #[serde(default)]
    lines: Vec<LineUnits>,
    /// Why.
    reason: CancelReason,
    /// Whether the units are not there, and are written off when they come free; left out: if the reason says so (`out_of_stock`, `damaged`,
    /// `not_found`).
    #[serde(default)]
    write_off: Option<bool>,
    #[serde(default)]
    by: By,
}

pub(crate) async fn create(
    call: Call<CancelOrders, OrderPath>,
    IdempotencyKey(key): IdempotencyKey,
    Body(asked): Body<CancellationRequest>,
) -> Result<Answer<OrderView>, Problem> {
    let by = asked.by.of(&call.caller)?;
    let CancellationRequest { lines, reason, write_off, .. } = asked;
    let command = OrderCommand::Cancel { id: Some(key), lines, reason, write_off };
    act_once(&call.world, &call.lookup, (&call.path.connection, &call.path.order), &command, &by).await
}
