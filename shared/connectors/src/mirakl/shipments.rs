//! An order that was sent: who carries it, then that it is on its way.
//!
//! An order has one carrier and one code, and is sent or not. So it is told with the shipment that completes it, and only while the marketplace
//! says that it may be sent: what is not paid yet may still be taken back.

use super::{errors, orders, requests, wire};
use crate::wire_text;
use domain::{OrderNumber, ShipmentUpdate};
use ports::{Acknowledged, Call, Error, ErrorKind, Result};
use std::time::Duration;

const TELL: &str = "mirakl.ship";
const LOOK: &str = "mirakl.shipped";
const CARRIERS: &str = "/api/shipping/carriers";
/// Lists of the operator may be read once a day.
pub(super) const A_DAY: Duration = Duration::from_hours(24);

/// Where an order is on its way to the buyer.
enum Stage {
    /// It may be sent.
    MayGo,
    /// It was.
    Gone,
    /// It never will be.
    Over,
    /// Not yet.
    Waits,
}

fn stage(operation: &'static str, order: &wire::Order) -> Result<Stage> {
    let state = order.order_state.needed("order_state", "a state");
    let state = state.map_err(|problem| errors::unreadable(operation, "an order", &problem))?;
    Ok(match state.as_str() {
        "SHIPPING" => Stage::MayGo,
        "SHIPPED" | "TO_COLLECT" | "RECEIVED" | "CLOSED" => Stage::Gone,
        "REFUSED" | "CANCELED" => Stage::Over,
        _ => Stage::Waits,
    })
}

/// Tells it.
pub(super) async fn tell(call: &Call<'_>, number: &OrderNumber, shipment: &ShipmentUpdate) -> Result<Acknowledged> {
    if !shipment.completes {
        return Ok(Acknowledged::Applied);
    }
    let order = orders::one(call, TELL, number).await?;
    match stage(TELL, &order)? {
        Stage::MayGo => {}
        Stage::Gone => return Ok(Acknowledged::Applied),
        Stage::Over => {
            let message = format!("the marketplace has refused or cancelled the order {number}; nothing is sent of it");
            return Err(Error::new(ErrorKind::Declined, TELL, message));
        }
        Stage::Waits => {
            let message = format!(
                "the marketplace does not let the order {number} be sent yet ({}); it is told later",
                order.order_state.text()
            );
            return Err(Error::new(ErrorKind::Conflict, TELL, message));
        }
    }
    let path = format!("{}/{}", orders::PATH, requests::segment(TELL, number.as_str())?);
    if let Some(tracking) = tracking(call, shipment).await? {
        let response = requests::put(call, TELL, &format!("{path}/tracking"), &tracking).await?;
        errors::check(TELL, response, true)?;
    }
    let response = requests::put(call, TELL, &format!("{path}/ship"), &()).await?;
    if errors::is(&response, "ORDER_INVALID_STATE") {
        let message = format!("the marketplace no longer lets the order {number} be sent; it is looked at again");
        return Err(Error::new(ErrorKind::Conflict, TELL, message));
    }
    errors::check(TELL, response, true).map(|_| Acknowledged::Applied)
}

/// The carrier by the operator's own code, or by its name where the operator has none for it.
async fn tracking(call: &Call<'_>, shipment: &ShipmentUpdate) -> Result<Option<wire::Tracking>> {
    let Some(carrier) = &shipment.carrier else { return Ok(None) };
    let body = requests::get_kept(call, TELL, (CARRIERS, &[]), A_DAY).await?;
    let listed: wire::Carriers = wire_text::json(TELL, &body)?;
    let listed: Vec<wire::Carrier> =
        listed.carriers.readable().filter(|one: &wire::Carrier| !one.code.text().is_empty()).collect();
    let word = carrier.as_str();
    let set = call.account.settings.get(&format!("carrier.{word}"));
    let same = |one: &wire::Carrier| match set {
        Some(code) => one.code.text() == code,
        None => [&one.code, &one.standard_code, &one.label].iter().any(|name| name.text().eq_ignore_ascii_case(word)),
    };
    let code = listed.iter().find(|one| same(one)).map(|one| one.code.text().to_owned());
    if let (Some(set), None) = (set, &code) {
        let known: Vec<&str> = listed.iter().map(|one| one.code.text()).collect();
        let message = format!(
            "the marketplace lists no carrier `{set}`, which the setting `carrier.{word}` names; it lists {}",
            known.join(", ")
        );
        return Err(Error::new(ErrorKind::BadInput, TELL, errors::shortened(&message)));
    }
    let carrier_name = code.is_none().then(|| word.to_owned());
    Ok(Some(wire::Tracking { carrier_code: code, carrier_name, tracking_number: shipment.tracking.clone() }))
}

/// Whether it was sent, as far as the marketplace knows.
pub(super) async fn knows(call: &Call<'_>, number: &OrderNumber, shipment: &ShipmentUpdate) -> Result<Option<bool>> {
    if !shipment.completes {
        return Ok(Some(true));
    }
    let order = orders::one(call, LOOK, number).await?;
    Ok(Some(matches!(stage(LOOK, &order)?, Stage::Gone)))
}

#[cfg(test)]
#[path = "shipments_tests.rs"]
mod tests;
