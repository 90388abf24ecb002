//! Goods that come back: announced, received, inspected.

use super::orders::{OrderPath, act, act_once};
use crate::web::needs::HandleReturns;
use crate::web::{Answer, Body, By, Call, Context, IdempotencyKey, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use domain::{ConnectionId, LineUnits, LocationId, OrderLineId, OrderNumber, Quantity, ReturnCondition, ReturnResolution};
use engine::OrderCommand;
use engine::views::OrderView;

const TAG: &str = "Returns";

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/orders/{connection}/{order}/returns",
            post_with(announce, doc(TAG, "createReturn", "Announce a return", "Units are on their way back. Answers the order")),
        )
        .api_route(
            "/api/v1/orders/{connection}/{order}/returns/{return}/receive",
            post_with(
                receive,
                doc(
                    TAG,
                    "receiveReturn",
                    "A return arrived",
                    "A return arrived; asked for again, it does nothing more. Answers the order",
                ),
            ),
        )
        .api_route(
            "/api/v1/orders/{connection}/{order}/returns/{return}/inspections",
            post_with(
                inspect,
                doc(
                    TAG,
                    "createInspection",
                    "Inspect units of a return",
                    "Units of a return were inspected: what they are like, where they go back on sale, and what the \
                    buyer gets; the channel is told. Answers the order",
                ),
            ),
        )
}

/// A return of an order.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct ReturnPath {
    /// Where the order came from.
    connection: ConnectionId,
    /// The id by which the channel names the order.
    order: OrderNumber,
    /// The return's id: the key under which it was announced, or the one it got when the channel told of it.
    r#return: String,
}

/// Units that are on their way back.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnRequest {
    /// Which units.
    lines: Vec<LineUnits>,
    /// Why, in a word or two. No personal data.
    #[serde(default)]
    reason: String,
    #[serde(default)]
    by: By,
}

/// Who took it in.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceiptRequest {
    #[serde(default)]
    by: By,
}

/// Units of a return that were inspected.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InspectionRequest {
    /// Which line.
    line: OrderLineId,
    /// How many units.
    units: Quantity,
    /// What they are like.
    condition: ReturnCondition,
    /// Where they go back on sale; left out: they do not.
    #[serde(default)]
    restock_at: Option<LocationId>,
    /// What the buyer gets.
    resolution: ReturnResolution,
    #[serde(default)]
    by: By,
}

pub(crate) async fn announce(
    call: Call<HandleReturns, OrderPath>,
    IdempotencyKey(key): IdempotencyKey,
    Body(asked): Body<ReturnRequest>,
) -> Result<Answer<OrderView>, Problem> {
    let by = asked.by.of(&call.caller)?;
    let command = OrderCommand::AnnounceReturn { id: Some(key), lines: asked.lines, reason: asked.reason };
    act_once(&call.world, &call.lookup, (&call.path.connection, &call.path.order), &command, &by).await
}

pub(crate) async fn receive(
    call: Call<HandleReturns, ReturnPath>,
    Body(asked): Body<ReceiptRequest>,
) -> Result<Answer<OrderView>, Problem> {
    let by = asked.by.of(&call.caller)?;
    let command = OrderCommand::ReceiveReturn { r#return: call.path.r#return.clone() };
    act(&call.world, &call.lookup, (&call.path.connection, &call.path.order), &command, &by).await
}

pub(crate) async fn inspect(
    call: Call<HandleReturns, ReturnPath>,
    IdempotencyKey(key): IdempotencyKey,
    Body(asked): Body<InspectionRequest>,
) -> Result<Answer<OrderView>, Problem> {
    let by = asked.by.of(&call.caller)?;
    let InspectionRequest { line, units, condition, restock_at, resolution, .. } = asked;
    let r#return = call.path.r#return.clone();
    let command = OrderCommand::InspectReturn { id: Some(key), r#return, line, units, condition, restock_at, resolution };
    act_once(&call.world, &call.lookup, (&call.path.connection, &call.path.order), &command, &by).await
}
