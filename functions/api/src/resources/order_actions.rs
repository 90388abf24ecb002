//! What else people decide about an order.

use super::orders::{OrderPath, TAG, act};
use crate::web::needs::{CancelOrders, HandleReturns, Needs, ShipOrders};
use crate::web::{Answer, Body, By, Call, Context, IdempotencyKey, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use domain::{ConnectionId, OrderLineId, OrderNumber, Quantity};
use engine::OrderCommand;
use engine::views::OrderView;

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/orders/{connection}/{order}/allocate",
            post_with(allocate, doc(TAG, "allocateOrder", "Cover what is short", "Takes from stock what was short. Answers the order")),
        )
        .api_route(
            "/api/v1/orders/{connection}/{order}/restocks",
            post_with(
                restock,
                doc(
                    TAG,
                    "createRestock",
                    "Put units on sale again",
                    "Units that were cancelled on the channel and kept off sale are there after all: they are put on sale again where they were \
                     held. Answers the order",
                ),
            ),
        )
        .api_route(
            "/api/v1/orders/{connection}/{order}/confirm-deletion",
            post_with(
                confirm_deletion,
                doc(
                    TAG,
                    "confirmDeletion",
                    "The order was deleted on its channel",
                    "The order was deleted on the channel, which knows it no longer: what was not shipped is free. Should the channel tell of it \
                     again, its word counts. The channel is asked first, and must have answered within a quarter of an hour that it has no such \
                     order. Answers the order",
                ),
            ),
        )
        .api_route(
            "/api/v1/orders/{connection}/{order}/unreadable-lines/resolve",
            post_with(
                resolve_lines,
                doc(
                    TAG,
                    "resolveUnreadableLines",
                    "Decide about lines that cannot be read",
                    "The lines that cannot be read were looked at, and the stock was corrected if units left for them: no figure waits for them \
                     any more. Answers the order",
                ),
            ),
        )
        .api_route(
            "/api/v1/orders/{connection}/{order}/channel-updates/{update}/retry",
            post_with(
                retry,
                doc(
                    TAG,
                    "retryChannelUpdate",
                    "Tell the channel once more",
                    "The channel is told once more of a shipment, a cancellation or a decision about a return that it rejected. Where nobody \
                     knows whether it has it, it is asked first. Answers the order",
                ),
            ),
        )
}

/// Who asks.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActionRequest {
    #[serde(default)]
    by: By,
}

/// Units that are there after all.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RestockRequest {
    /// Which line.
    line: OrderLineId,
    /// How many units.
    units: Quantity,
    #[serde(default)]
    by: By,
}

/// What a channel is told of an order.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct UpdatePath {
    /// Where the order came from.
    connection: ConnectionId,
    /// The id by which the channel names the order.
    order: OrderNumber,
    /// The id of the shipment, cancellation or inspection.
    update: String,
}

pub(crate) async fn allocate(
    call: Call<ShipOrders, OrderPath>,
    Body(asked): Body<ActionRequest>,
) -> Result<Answer<OrderView>, Problem> {
    decide(&call, &OrderCommand::Cover {}, &asked.by).await
}

pub(crate) async fn confirm_deletion(
    call: Call<CancelOrders, OrderPath>,
    Body(asked): Body<ActionRequest>,
) -> Result<Answer<OrderView>, Problem> {
    decide(&call, &OrderCommand::Deleted {}, &asked.by).await
}

pub(crate) async fn resolve_lines(
    call: Call<CancelOrders, OrderPath>,
    Body(asked): Body<ActionRequest>,
) -> Result<Answer<OrderView>, Problem> {
    decide(&call, &OrderCommand::DecideLines {}, &asked.by).await
}

pub(crate) async fn restock(
    call: Call<HandleReturns, OrderPath>,
    IdempotencyKey(key): IdempotencyKey,
    Body(asked): Body<RestockRequest>,
) -> Result<Answer<OrderView>, Problem> {
    let command = OrderCommand::PutBack { id: Some(key), line: asked.line, units: asked.units };
    decide(&call, &command, &asked.by).await
}

pub(crate) async fn retry(
    call: Call<ShipOrders, UpdatePath>,
    Body(asked): Body<ActionRequest>,
) -> Result<Answer<OrderView>, Problem> {
    let by = asked.by.of(&call.caller)?;
    let command = OrderCommand::TellAgain { update: call.path.update.clone() };
    act(&call.world, &call.lookup, (&call.path.connection, &call.path.order), &command, &by).await
}

async fn decide<N: Needs>(call: &Call<N, OrderPath>, command: &OrderCommand, by: &By) -> Result<Answer<OrderView>, Problem> {
    let by = by.of(&call.caller)?;
    act(&call.world, &call.lookup, (&call.path.connection, &call.path.order), command, &by).await
}
