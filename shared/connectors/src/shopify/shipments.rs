//! Shipments. Shopify calls one a fulfilment, of lines of fulfilment orders that all lie at one location.

use super::fulfilment::DESCRIPTOR;
use super::graphql::{self, Pages, Ship, order, ship};
use super::parts::{self, Left, Taken, Units};
use super::{locations, moves, orders};
use domain::{OrderNumber, ShipmentUpdate};
use ports::{Account, Acknowledged, Call, Error, ErrorKind, Result, Status};

const WRITE: &str = "shopify.shipment";
const KNOWS: &str = "shopify.knows_shipment";

/// Shopify's names for carriers, letter by letter as in its list of supported tracking companies: with any other it builds no link.
/// A shop in the Netherlands is offered `DHL Parcel`; one elsewhere may want another and says so with `carrier.dhl`.
pub(super) const CARRIERS: &[(&str, &str)] = &[
    ("postnl", "PostNL"),
    ("dhl", "DHL Parcel"),
    ("dhl-express", "DHL Express"),
    ("dhl-ecommerce", "DHL eCommerce"),
    ("dpd", "DPD"),
    ("gls", "GLS"),
    ("ups", "UPS"),
    ("bpost", "BPost"),
    ("fedex", "FedEx"),
    ("tnt", "TNT"),
    ("mondial-relay", "Mondial Relay"),
    ("colissimo", "Colissimo"),
    ("chronopost", "Chronopost"),
    ("deutsche-post", "Deutsche Post"),
];

/// Tells a shipment.
pub(super) async fn tell(call: &Call<'_>, number: &OrderNumber, parcel: &ShipmentUpdate) -> Result<Acknowledged> {
    let order = orders::id(WRITE, number)?;
    let wanted = parts::wanted(WRITE, &parcel.lines)?;
    let company = parcel.carrier.as_ref().map(|carrier| DESCRIPTOR.carrier(call.account, carrier)).transpose()?;
    let notify = notifies(call.account)?;
    let ours = locations::ours(call, WRITE)?;
    let left = parts::read(call, WRITE, &order).await?;
    let taken = from_one_location(&left, &wanted, &ours)?;
    let tracking = (company.is_some() || parcel.tracking.is_some())
        .then(|| ship::FulfillmentTrackingInput { company: company.map(str::to_owned), number: parcel.tracking.clone() });
    let fulfillment = ship::FulfillmentInput {
        line_items_by_fulfillment_order: by_part(&taken),
        notify_customer: Some(notify),
        tracking_info: tracking,
    };
    let payload = graphql::send::<Ship>(call, WRITE, ship::Variables { fulfillment }, true).await?.fulfillment_create;
    let payload = payload.ok_or_else(|| {
        Error::new(ErrorKind::Protocol, WRITE, "Shopify told nothing about the shipment").with_status(Status::Unknown)
    })?;
    match payload.user_errors.into_iter().next() {
        None if payload.fulfillment.is_some() => Ok(Acknowledged::Applied),
        None => {
            Err(Error::new(ErrorKind::Protocol, WRITE, "Shopify told of no shipment and of no reason")
                .with_status(Status::Unknown))
        }
        Some(refusal) => {
            let message = "Shopify declined the shipment; see the order's fulfilments in Shopify";
            Err(parts::refused(call, WRITE, &order, &left, message, refusal.field.unwrap_or_default()).await)
        }
    }
}

/// Whether Shopify mails the customer about a shipment: the merchant's choice, and no if nothing is said.
pub(super) fn notifies(account: &Account) -> Result<bool> {
    match account.settings.get("notify_customer").map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Error::new(ErrorKind::Configuration, WRITE, "the setting `notify_customer` is either `true` or `false`")),
    }
}

/// All of a shipment lies at one location: one of ours, or else the first that holds it.
fn from_one_location<'a>(left: &'a Left, wanted: &Units, ours: &[String]) -> Result<Vec<Taken<'a>>> {
    let ready = || left.parts.iter().filter(|part| part.ready);
    let mut locations: Vec<Option<&str>> = ready().map(|part| part.location.as_deref()).collect();
    locations.sort_by_key(|location| !ours.iter().any(|one| *location == Some(one.as_str())));
    let found = locations.into_iter().find_map(|at| parts::take(ready().filter(|part| part.location.as_deref() == at), wanted));
    found.ok_or_else(|| {
        let message = if left.cancelled {
            "the order is cancelled on Shopify; a shipment of it cannot be told"
        } else if parts::take(ready(), wanted).is_some() {
            "Shopify sends these units from several locations; move them to one location there, or tell a shipment for each"
        } else if parts::take(left.parts.iter(), wanted).is_some() {
            "units of the shipment are on hold or scheduled for later on Shopify; release them there"
        } else {
            "Shopify has fewer units left to send than the shipment holds; see the order's fulfilments in Shopify"
        };
        Error::new(ErrorKind::Declined, WRITE, message)
    })
}

fn by_part(taken: &[Taken<'_>]) -> Vec<ship::FulfillmentOrderLineItemsInput> {
    let mut groups: Vec<ship::FulfillmentOrderLineItemsInput> = Vec::new();
    for one in taken {
        let line = ship::FulfillmentOrderLineItemInput { id: one.line.id.clone(), quantity: one.units };
        match groups.iter_mut().find(|group| group.fulfillment_order_id == one.part.id) {
            Some(group) => group.fulfillment_order_line_items.get_or_insert_default().push(line),
            None => groups.push(ship::FulfillmentOrderLineItemsInput {
                fulfillment_order_id: one.part.id.clone(),
                fulfillment_order_line_items: Some(vec![line]),
            }),
        }
    }
    groups
}

/// Whether the shipment is there. Shopify keeps no reference of ours: a shipment is known by its tracking code and what is in it. One
/// without a code is known for sure only where it is not there, or could not be told once more.
pub(super) async fn known(call: &Call<'_>, number: &OrderNumber, parcel: &ShipmentUpdate) -> Result<Option<bool>> {
    let id = orders::id(KNOWS, number)?;
    let wanted = parts::wanted(KNOWS, &parcel.lines)?;
    let found = orders::page(call, KNOWS, &id, None).await?;
    let mut pages = Pages::new();
    let mut alike = false;
    for shipment in found.fulfillments.iter().filter(|f| f.status == order::FulfillmentStatus::SUCCESS) {
        let sent = moves::sent(call, KNOWS, &mut pages, &shipment.id).await?;
        alike |= sent.lines == wanted
            && match &parcel.tracking {
                Some(code) => sent.tracking.contains(code),
                None => sent.tracking.is_empty(),
            };
    }
    if !alike || parcel.tracking.is_some() {
        return Ok(Some(alike));
    }
    let left = parts::read(call, KNOWS, &id).await?;
    Ok(parts::take(left.parts.iter(), &wanted).is_none().then_some(true))
}
