//! A shipment: its code first, then that it left, for the shop mails the buyer on that and the mail holds the codes.
//!
//! A delivery has a list of codes and a state. What is in which parcel is not kept there.

use super::states::{self, Sent, Stage};
use super::{errors, orders, requests, transitions, wire};
use crate::amounts::Amounts;
use domain::{OrderNumber, ShipmentUpdate};
use http::Method;
use ports::{Acknowledged, Call, Error, ErrorKind, Result};

const TELL: &str = "shopware.ship";
const LOOK: &str = "shopware.shipped";

/// How the delivery of an order stands.
struct Standing {
    delivery: String,
    codes: Vec<String>,
    sent: Sent,
    stage: Stage,
}

async fn standing(call: &Call<'_>, operation: &'static str, number: &OrderNumber) -> Result<(wire::Order, Standing)> {
    let order = orders::one(call, operation, number).await?;
    let broken = |problem| errors::unreadable(operation, "an order", &problem);
    let delivery = states::main_delivery(&order, &mut Amounts::new(None)).ok_or_else(|| {
        Error::new(ErrorKind::Declined, operation, format!("the order {number} has no delivery in the shop that could be sent"))
    })?;
    // What is written takes the place of all codes: none that is there may be missed.
    let listed = delivery.tracking_codes.given("trackingCodes", "a list of codes").map_err(broken)?;
    let mut codes = Vec::new();
    for json in listed.into_iter().flat_map(|all| &all.0) {
        let odd = || crate::lenient::unreadable("trackingCodes", crate::lenient::shown(json.get()), "a code");
        codes.push(crate::objects::from_str::<String>(json.get()).map_err(|_| broken(odd()))?);
    }
    let id = delivery.id.needed("deliveries.id", "an id").map_err(broken)?.clone();
    let standing = Standing { delivery: id, codes, sent: states::sent(Some(&delivery)), stage: states::stage(&order) };
    Ok((order, standing))
}

/// Whether a delivery is as far as it is with this shipment.
fn is_there(sent: Sent, shipment: &ShipmentUpdate) -> bool {
    match sent {
        Sent::All | Sent::PartBack | Sent::AllBack => true,
        Sent::Part => !shipment.completes,
        Sent::Nothing | Sent::Cancelled => false,
    }
}

fn code(shipment: &ShipmentUpdate) -> Option<&str> {
    shipment.tracking.as_deref().map(str::trim).filter(|code| !code.is_empty())
}

/// The shop keeps no units of a shipment, so what cannot be is refused here.
fn check(order: &wire::Order, number: &OrderNumber, shipment: &ShipmentUpdate) -> Result<()> {
    let lines: Vec<wire::Line> = order.line_items.get().into_iter().flat_map(crate::lenient::Items::readable).collect();
    for part in &shipment.lines {
        let there = lines.iter().find(|line| line.id.text() == part.line.as_str()).and_then(|line| line.quantity.get().copied());
        if there.is_none_or(|there| there < part.units.units()) {
            let message =
                format!("the order {number} has fewer units of the line `{}` in the shop than are in the shipment", part.line);
            return Err(Error::new(ErrorKind::Declined, TELL, message));
        }
    }
    Ok(())
}

/// Tells it.
pub(super) async fn tell(call: &Call<'_>, number: &OrderNumber, shipment: &ShipmentUpdate) -> Result<Acknowledged> {
    let (order, mut there) = standing(call, TELL, number).await?;
    if there.stage == Stage::Cancelled && !is_there(there.sent, shipment) {
        let message = format!(
            "the shop has cancelled the order {number} and put its units on sale again; keep the goods, or open it again there"
        );
        return Err(Error::new(ErrorKind::Declined, TELL, message));
    }
    check(&order, number, shipment)?;
    if let Some(code) = code(shipment).filter(|code| !there.codes.iter().any(|known| known == code)) {
        there.codes.push(code.to_owned());
        let path = format!("/api/order-delivery/{}", requests::id(TELL, "delivery", &there.delivery)?);
        let codes = wire::TrackingCodes { tracking_codes: there.codes };
        requests::write(call, TELL, (Method::PATCH, &path), &[], &codes).await?;
    }
    if !is_there(there.sent, shipment) {
        let way = if shipment.completes { "ship" } else { "ship_partially" };
        transitions::take(call, TELL, ("order_delivery", &there.delivery), way).await?;
    }
    Ok(Acknowledged::Applied)
}

/// Whether the shop knows it.
pub(super) async fn knows(call: &Call<'_>, number: &OrderNumber, shipment: &ShipmentUpdate) -> Result<bool> {
    let (_, there) = standing(call, LOOK, number).await?;
    Ok(is_there(there.sent, shipment) && code(shipment).is_none_or(|code| there.codes.iter().any(|known| known == code)))
}

#[cfg(test)]
#[path = "shipments_tests.rs"]
mod tests;
