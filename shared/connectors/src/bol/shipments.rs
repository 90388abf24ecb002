//! Tells bol of a shipment, and asks whether it knows it (Retailer API v10).
//!
//! bol answers with a process status: units that are not open any more and carriers it does not know fail there. A shipment is
//! recognised by our reference, which bol keeps with it.

use super::fulfilment::{DESCRIPTOR, by_line, refused};
use super::{processes, requests, wire_updates};
use crate::wire_text;
use domain::{OrderNumber, ShipmentUpdate, so_many};
use http::Method;
use ports::{Acknowledged, Call, Error, ErrorKind, Result};

const TELL: &str = "bol.shipment";
const KNOWS: &str = "bol.knows_shipment";
const PATH: &str = "/retailer/shipments";
/// Longest reference bol keeps, in characters.
const LONGEST_REFERENCE: usize = 90;
/// More pages of 50 shipments than any order has.
const MOST_PAGES: u32 = 20;

/// Tells of it.
pub(super) async fn tell(call: &Call<'_>, parcel: &ShipmentUpdate) -> Result<Acknowledged> {
    let lines = by_line(TELL, &parcel.lines)?;
    if let Some(most) = DESCRIPTOR.most_lines.filter(|most| lines.len() > *most) {
        return Err(refused(TELL, format!("bol takes at most {} in a shipment; tell it as several", so_many(most, "line"))));
    }
    let length = parcel.reference.chars().count();
    if !(1..=LONGEST_REFERENCE).contains(&length) {
        return Err(refused(
            TELL,
            format!("a shipment's reference must have 1 to {LONGEST_REFERENCE} characters for bol, not {length}"),
        ));
    }
    let Some(carrier) = &parcel.carrier else {
        return Err(refused(TELL, "bol wants to know who carries a shipment; name its carrier, or `other`"));
    };
    let items = lines.into_iter();
    let request = wire_updates::ShipmentRequest {
        order_items: items.map(|(id, q)| wire_updates::ShippedItem { order_item_id: id.as_str(), quantity: q.units() }).collect(),
        shipment_reference: &parcel.reference,
        transport: wire_updates::Transport {
            transporter_code: DESCRIPTOR.carrier(call.account, carrier)?,
            track_and_trace: parcel.tracking.as_deref().filter(|code| !code.is_empty()),
        },
    };
    let response = requests::write(call, TELL, Method::POST, requests::V10, PATH, &request).await?;
    let mut under_way = processes::UnderWay::default();
    under_way.take(TELL, &response)?;
    Ok(under_way.acknowledged())
}

/// Whether bol has a shipment of this reference. Shipments of the last three months can be listed.
pub(super) async fn knows(call: &Call<'_>, number: &OrderNumber, parcel: &ShipmentUpdate) -> Result<bool> {
    if is_listed(call, number, parcel).await? {
        return Ok(true);
    }
    // A process is filed under a line, and nobody says which one of several.
    for line in by_line(KNOWS, &parcel.lines)?.into_keys() {
        processes::idle(call, KNOWS, line.as_str(), "CREATE_SHIPMENT").await?;
    }
    // It may have ended between the two looks.
    is_listed(call, number, parcel).await
}

async fn is_listed(call: &Call<'_>, number: &OrderNumber, parcel: &ShipmentUpdate) -> Result<bool> {
    let number = requests::segment(KNOWS, number.as_str())?;
    for page in 1..=MOST_PAGES {
        let path = format!("{PATH}?order-id={number}&page={page}");
        let response = requests::get(call, KNOWS, requests::V10, &path).await?;
        let listed: wire_updates::Shipments = wire_text::json(KNOWS, response.body())?;
        if listed.shipments.is_empty() {
            return Ok(false);
        }
        if listed.shipments.iter().any(|s| s.shipment_reference.as_deref() == Some(parcel.reference.as_str())) {
            return Ok(true);
        }
    }
    Err(Error::new(ErrorKind::Protocol, KNOWS, "bol's list of an order's shipments does not end"))
}

#[cfg(test)]
#[path = "shipments_tests.rs"]
mod tests;
