//! Shipments that left.

use super::orders::{OrderPath, TAG, act, act_once};
use crate::web::needs::ShipOrders;
use crate::web::{Answer, Body, By, Call, Context, IdempotencyKey, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::{patch_with, post_with};
use domain::{CarrierId, ChannelSync, ConnectionId, LineUnits, LocationId, OrderNumber};
use engine::OrderCommand;
use engine::views::{self, OrderView};

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/orders/{connection}/{order}/shipments",
            post_with(create, doc(TAG, "createShipment", "Ship units of an order", "Units left a location and leave its stock, and the channel is told. Answers the order")),
        )
        .api_route(
            "/api/v1/orders/{connection}/{order}/shipments/{shipment}",
            patch_with(
                correct,
                doc(
                    TAG,
                    "updateShipment",
                    "Correct carrier or tracking of a shipment",
                    "Corrects the carrier or the tracking code of a shipment that the channel rejected; the channel is told again. Answers the \
                     order",
                ),
            ),
        )
}

/// A shipment that left.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShipmentRequest {
    /// Where it left.
    location: LocationId,
    /// What is in it; everything that is still to be shipped if left out.
    #[serde(default)]
    lines: Vec<LineUnits>,
    /// Who carries it.
    #[serde(default)]
    carrier: Option<CarrierId>,
    /// The tracking code.
    #[serde(default)]
    tracking: Option<String>,
    #[serde(default)]
    by: By,
}

/// A shipment of an order.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct ShipmentPath {
    /// Where the order came from.
    connection: ConnectionId,
    /// The id by which the channel names the order.
    order: OrderNumber,
    /// The shipment's id: the key under which it was entered.
    shipment: String,
}

/// What is right about a shipment; what is left out stays.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShipmentCorrection {
    /// Who carries it.
    #[serde(default)]
    carrier: Option<CarrierId>,
    /// The tracking code.
    #[serde(default)]
    tracking: Option<String>,
    #[serde(default)]
    by: By,
}

pub(crate) async fn create(
    call: Call<ShipOrders, OrderPath>,
    IdempotencyKey(key): IdempotencyKey,
    Body(asked): Body<ShipmentRequest>,
) -> Result<Answer<OrderView>, Problem> {
    let by = asked.by.of(&call.caller)?;
    let ShipmentRequest { location, lines, carrier, tracking, .. } = asked;
    let command = OrderCommand::Ship { id: Some(key), location, lines, carrier, tracking };
    act_once(&call.world, &call.lookup, (&call.path.connection, &call.path.order), &command, &by).await
}

pub(crate) async fn correct(
    call: Call<ShipOrders, ShipmentPath>,
    Body(asked): Body<ShipmentCorrection>,
) -> Result<Answer<OrderView>, Problem> {
    let ShipmentPath { connection, order, shipment } = &call.path;
    let by = asked.by.of(&call.caller)?;
    let known = views::order(&call.world, connection, order).await?;
    let Some(known) = known.shipments.into_iter().find(|known| known.id == *shipment) else {
        return Err(Problem::new(404, format!("the order has no shipment {shipment}")).in_field("shipment"));
    };
    let (carrier, tracking) = (asked.carrier.or(known.carrier.clone()), asked.tracking.or(known.tracking.clone()));
    let changes = (&carrier, &tracking) != (&known.carrier, &known.tracking);
    if changes && !matches!(known.channel_sync, ChannelSync::Rejected { .. }) {
        let detail =
            "only a shipment that its channel rejected can be corrected: the channel has this one, or is being told of it";
        return Err(Problem::new(422, detail).in_field("shipment"));
    }
    let command = OrderCommand::Ship { id: Some(known.id), location: known.location, lines: Vec::new(), carrier, tracking };
    act(&call.world, &call.lookup, (connection, order), &command, &by).await
}
