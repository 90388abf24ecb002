//! Tells the shop of shipments.
//!
//! Core has none. A shipment is told in up to three steps: the buyer gets a note (or the tracking plugin its entry); the order keeps the
//! shipment in a field of its own; and if nothing is left to send, it is completed. The last two are one write, and only after it does
//! the shop count as told, so whatever breaks off before is taken up again. A note that is there is not written a second time: the buyer
//! is mailed each.

use crate::woocommerce::fulfilment::DESCRIPTOR;
use crate::woocommerce::marks::{Parcel, plain};
use crate::woocommerce::orders::{self, Found};
use crate::woocommerce::refunds;
use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::snapshot;
use crate::woocommerce::statuses::Meaning;
use crate::woocommerce::wire::{Note, Order, Tracking};
use crate::woocommerce::words::{self, Words};
use domain::ShipmentUpdate;
use http::Method;
use ports::{Account, Acknowledged, Call, Error, ErrorKind, Result, Status};
use serde::de::IgnoredAny;
use serde_json::json;

const TELL: &str = "woocommerce.ship";
const KNOWS: &str = "woocommerce.knows_shipment";

/// The name of the connection's setting that says how tracking is told.
const SETTING: &str = "tracking";

/// The status of an order of which all was sent.
const COMPLETED: &str = "completed";

/// How the buyer hears of a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way<'a> {
    /// By a note on the order, which is mailed.
    Note,
    /// By a plugin, whose routes begin so.
    Plugin(&'a str),
}

/// Tells of a shipment.
pub(super) async fn tell(call: &Call<'_>, id: u64, update: &ShipmentUpdate) -> Result<Acknowledged> {
    let parcel = parcel(call.account, update)?;
    let (way, words) = (way(call.account)?, words::of(call.account)?);
    let found = orders::find(call, TELL, id).await?;
    let (known, was_completed) = (knows(&found.order, &parcel), is_completed(&found.order));
    if known && is_over(&found.order, update) {
        return Ok(Acknowledged::Applied);
    }
    check(&found, &parcel, known)?;
    if !known {
        match way {
            Way::Plugin(namespace) if parcel.tracking.is_some() => track(call, id, namespace, &parcel).await?,
            // The mail about the completed order says all there is to say.
            _ if parcel.tracking.is_none() && update.completes => {}
            _ => note(call, id, &found.order, words, &parcel).await?,
        }
    }
    let mut body = json!({ "meta_data": [parcel.field()] });
    if update.completes && !was_completed {
        body["status"] = COMPLETED.into();
    }
    let saved: Order = requests::fetch(call, &Ask::write(TELL, Method::PUT, format!("/orders/{id}"), body)).await?;
    if knows(&saved, &parcel) && (!update.completes || is_completed(&saved)) {
        return Ok(Acknowledged::Applied);
    }
    let message = "the shop took the shipment but does not show it; see whether a plugin keeps orders from being completed";
    Err(Error::new(ErrorKind::Conflict, TELL, message).with_status(Status::Unknown))
}

/// Whether the order keeps the shipment, and is completed if that was told with it.
pub(super) async fn known(call: &Call<'_>, id: u64, update: &ShipmentUpdate) -> Result<Option<bool>> {
    let parcel = parcel(call.account, update)?;
    let order: Order = requests::fetch(call, &Ask::get(KNOWS, format!("/orders/{id}"))).await?;
    Ok(Some(knows(&order, &parcel) && is_over(&order, update)))
}

/// Marks an order as completed of which nothing is left to send.
pub(super) async fn complete(call: &Call<'_>, operation: &'static str, id: u64) -> Result<()> {
    let ask = Ask::write(operation, Method::PUT, format!("/orders/{id}"), json!({ "status": COMPLETED }));
    let saved: Order = requests::fetch(call, &ask).await?;
    if is_completed(&saved) {
        return Ok(());
    }
    let message = "the shop did not complete the order, of which nothing is left to send; see whether a plugin keeps it open";
    Err(Error::new(ErrorKind::Conflict, operation, message).with_status(Status::Unknown))
}

/// Whether nothing is to be told of the order beyond the shipment: it is completed, or need not be, or was given up after the shipment left. One
/// that is only unpaid is looked at by a person.
fn is_over(order: &Order, update: &ShipmentUpdate) -> bool {
    !update.completes || is_completed(order) || snapshot::is_given_up(order)
}

/// Whether the shop has the order as completed: by its date, or by its status alone, for a plugin that imports orders may leave the date out.
fn is_completed(order: &Order) -> bool {
    snapshot::was_completed(order) || order.status.text() == COMPLETED
}

fn knows(order: &Order, parcel: &Parcel) -> bool {
    order.parcels().any(|p| p.reference == parcel.reference)
}

/// The shop itself would take any status and any shipment, so what cannot be is refused here.
fn check(found: &Found, parcel: &Parcel, known: bool) -> Result<()> {
    let refuse = |message: &str| Err(Error::new(ErrorKind::Conflict, TELL, message).with_status(Status::Permanent));
    if matches!(found.meaning, Meaning::Nothing | Meaning::Draft | Meaning::PaidBack) {
        return refuse(
            "the shop has given the order up: it is unpaid, cancelled, paid back or thrown away; keep the goods, or open the order \
             again in the shop",
        );
    }
    if known {
        return Ok(());
    }
    let told = snapshot::told(&found.order);
    for (id, units) in &parcel.lines {
        let Some(line) = found.snapshot.lines.iter().find(|l| l.id.as_str() == id.to_string()) else {
            return refuse("the order has no such line any more; look at the order in the shop");
        };
        let before = told.get(id).copied().unwrap_or(0);
        if before.saturating_add(i64::from(*units)) > line.ordered.less(line.cancelled).units() {
            return refuse("there are more units in the shipment than the order has left to send; look at the order in the shop");
        }
    }
    Ok(())
}

fn parcel(account: &Account, update: &ShipmentUpdate) -> Result<Parcel> {
    let reference = plain(&update.reference);
    if reference.trim().is_empty() {
        return Err(Error::new(ErrorKind::BadInput, TELL, "the shipment has no reference that can stand in a note"));
    }
    let carrier = update.carrier.as_ref().map(|carrier| DESCRIPTOR.carrier(account, carrier)).transpose()?;
    let tracking = update.tracking.as_deref().map(|t| plain(t).trim().to_owned()).filter(|t| !t.is_empty());
    Ok(Parcel { reference, carrier: carrier.map(plain), tracking, lines: refunds::units(TELL, &update.lines)? })
}

/// What is wrong with the setting that says where tracking codes are written, if anything.
pub(super) fn flaw(account: &Account) -> Option<Error> {
    way(account).err()
}

fn way(account: &Account) -> Result<Way<'_>> {
    let given = account.settings.get(SETTING).map_or("note", String::as_str);
    let routes = given.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'/'));
    match given {
        "note" => Ok(Way::Note),
        // WooCommerce takes its keys for no other routes than these.
        plugin if routes && (plugin.starts_with("wc-") || plugin.starts_with("wc/")) => Ok(Way::Plugin(plugin)),
        _ => {
            let message = format!(
                "connection {}: the setting `{SETTING}` must be `note`, or how the routes of a tracking plugin begin, such as \
                 `wc-shipment-tracking/v3`",
                account.connection
            );
            Err(Error::new(ErrorKind::Configuration, TELL, message))
        }
    }
}

async fn note(call: &Call<'_>, id: u64, order: &Order, words: &Words, parcel: &Parcel) -> Result<()> {
    let path = format!("/orders/{id}/notes");
    let mark = format!("[{}]", parcel.reference);
    let ask = Ask::get(TELL, path.clone()).with([("type", "customer".to_owned())]);
    let there: Vec<Note> = requests::fetch(call, &ask).await?;
    if there.iter().any(|n| n.note.text().contains(&mark)) {
        return Ok(());
    }
    let lines: Vec<String> =
        parcel.lines.iter().map(|(line, units)| format!("{units} x {}", plain(&order.name_of(*line)))).collect();
    let by: Vec<&str> = [parcel.carrier.as_deref(), parcel.tracking.as_deref()].into_iter().flatten().collect();
    let by = if by.is_empty() { String::new() } else { format!(". {}", by.join(" ")) };
    let text = format!("{}: {}{by} {mark}", words.on_its_way, lines.join(", "));
    let ask = Ask::write(TELL, Method::POST, path, json!({ "note": text, "customer_note": true }));
    requests::fetch::<IgnoredAny>(call, &ask).await.map(drop)
}

async fn track(call: &Call<'_>, id: u64, namespace: &str, parcel: &Parcel) -> Result<()> {
    let path = format!("/orders/{id}/shipment-trackings");
    let there: Vec<Tracking> = requests::fetch(call, &Ask::get(TELL, path.clone()).below(namespace)).await?;
    let number = parcel.tracking.as_deref().unwrap_or_default();
    if there.iter().any(|t| t.tracking_number.text() == number) {
        return Ok(());
    }
    let mut body = json!({ "tracking_number": number, "date_shipped": call.now.strftime("%Y-%m-%d").to_string() });
    if let Some(carrier) = &parcel.carrier {
        body["tracking_provider"] = carrier.as_str().into();
    }
    requests::fetch::<IgnoredAny>(call, &Ask::write(TELL, Method::POST, path, body).below(namespace)).await.map(drop)
}
