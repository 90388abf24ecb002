//! A parcel that is on its way.
//!
//! Amazon knows a parcel by a number that the seller gives it: the same number again puts that parcel right, another adds one. So the number is made of our own mark
//! of the shipment and of nothing else: told again it is the same parcel, and a second parcel never takes the place of the first.

use super::fulfilment::DESCRIPTOR;
use super::snapshot::{Stage, is_sent_by_amazon, stage};
use super::{errors, orders, requests, settings, wire};
use domain::{OrderNumber, ShipmentUpdate, fingerprint};
use http::Method;
use ports::{Acknowledged, Call, Error, ErrorKind, Result};

const TELL: &str = "amazon.ship";
const LOOK: &str = "amazon.shipped";
/// How far an order is, and the parcels that Amazon knows of it.
const DATA: &str = "FULFILLMENT,PACKAGES";
/// The code of a carrier that has none: it goes by its name.
pub(super) const OTHER: &str = "Other";
/// Numbers of parcels stay below this, so that whoever reads them as a number can.
const NUMBERS: u64 = 2_000_000_000;

/// The number of a parcel: of digits, above zero, the same at every telling.
fn package_number(shipment: &ShipmentUpdate) -> String {
    (fingerprint(&[&shipment.reference]) % NUMBERS + 1).to_string()
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::BadInput, TELL, message)
}

/// Tells it.
pub(super) async fn tell(call: &Call<'_>, number: &OrderNumber, shipment: &ShipmentUpdate) -> Result<Acknowledged> {
    let Some(carrier) = &shipment.carrier else {
        return Err(refused("Amazon wants to know who carries a shipment; name its carrier".to_owned()));
    };
    let Some(tracking_number) = shipment.tracking.as_deref().filter(|code| !code.is_empty()) else {
        return Err(refused("Amazon takes no shipment in Europe without a tracking code; give it".to_owned()));
    };
    if shipment.lines.is_empty() || shipment.lines.iter().any(|line| line.units.is_zero()) {
        return Err(refused("a shipment for Amazon holds at least one unit of each of its lines".to_owned()));
    }
    let carrier_code = DESCRIPTOR.carrier(call.account, carrier)?;
    let packed = shipment.lines.iter();
    let confirmation = wire::Confirmation {
        marketplace_id: settings::marketplace(call.account)?.id,
        package_detail: wire::PackageDetail {
            package_reference_id: package_number(shipment),
            carrier_code,
            carrier_name: (carrier_code == OTHER).then_some(carrier.as_str()),
            tracking_number,
            ship_date: call.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            order_items: packed
                .map(|line| wire::Packed { order_item_id: line.line.as_str(), quantity: line.units.units() })
                .collect(),
        },
    };
    let path = format!("/orders/v0/orders/{}/shipmentConfirmation", requests::segment(TELL, number.as_str())?);
    match requests::write(call, TELL, (Method::POST, &path), &[], &confirmation).await {
        Ok(_) => Ok(Acknowledged::Applied),
        Err(error) if error.kind == ErrorKind::Declined => why(call, number, shipment, error).await,
        Err(error) => Err(error),
    }
}

/// What a refusal means, by the order as it stands: Amazon has one code for all of them.
async fn why(call: &Call<'_>, number: &OrderNumber, shipment: &ShipmentUpdate, refusal: Error) -> Result<Acknowledged> {
    let order = orders::one(call, TELL, number, DATA).await?;
    if is_sent_by_amazon(&order) {
        let message = format!("Amazon sends the order {number} itself; nothing is told of it");
        return Err(Error::new(ErrorKind::Declined, TELL, message));
    }
    if is_known(&order, shipment)? {
        return Ok(Acknowledged::Applied);
    }
    let status = order.fulfillment.get().map_or("", |told| told.0.fulfillment_status.text());
    match stage(status) {
        Stage::Pending => {
            let message = format!("Amazon does not let the order {number} be sent yet ({status}); it is told later");
            Err(Error::new(ErrorKind::Conflict, TELL, message))
        }
        Stage::Cancelled => {
            Err(Error::new(ErrorKind::Declined, TELL, format!("Amazon has cancelled the order {number}; nothing is sent of it")))
        }
        Stage::Released | Stage::Untold => Err(refusal),
    }
}

/// Whether Amazon has the parcel, with this tracking code.
fn is_known(order: &wire::Order, shipment: &ShipmentUpdate) -> Result<bool> {
    let packages = order.packages.given("packages", "a list of shipments");
    let packages = packages.map_err(|problem| errors::unreadable(LOOK, "an order", &problem))?;
    let (number, code) = (package_number(shipment), shipment.tracking.as_deref().unwrap_or_default());
    let same = |one: wire::Package| one.package_reference_id.text() == number && one.tracking_number.text() == code;
    Ok(packages.is_some_and(|all| all.readable().any(same)))
}

/// Whether it was told, as far as Amazon knows. Read too early it is told again, under the same number.
pub(super) async fn knows(call: &Call<'_>, number: &OrderNumber, shipment: &ShipmentUpdate) -> Result<bool> {
    is_known(&orders::one(call, LOOK, number, DATA).await?, shipment)
}

#[cfg(test)]
#[path = "shipments_tests.rs"]
mod tests;
