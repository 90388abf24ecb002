//! Gives bol the merchant's invoices, which it shows to its customers (Retailer API v10).
//!
//! An invoice goes with a shipment, by bol's own id of it: it is found by our reference, or, where the goods left without a shipment of ours, by
//! what is in it. bol answers with a process status, and looks the file through after that: what it finds wrong shows in its list of requests.

use super::errors::shortened;
use super::{processes, requests, wire_updates};
use crate::wire_text;
use async_trait::async_trait;
use domain::OrderNumber;
use ports::{
    Account, Acknowledged, Call, Error, ErrorKind, InvoiceNotice, InvoiceNoticePage, InvoiceSays, InvoiceUpload, Invoices,
    InvoicesDescriptor, Result, Status,
};
use std::time::Duration;

const UPLOAD: &str = "bol.invoice";
const KNOWS: &str = "bol.knows_invoice";
const NOTICES: &str = "bol.invoice_requests";
const PATH: &str = "/retailer/shipments/invoices";
/// As processes name it.
const EVENT: &str = "UPLOAD_INVOICE";
/// More pages of 50 shipments than any order has.
const MOST_PAGES: u32 = 20;
/// A shipment that bol was told of a moment ago may not be listed yet.
const UNTIL_SHIPPED: Duration = Duration::from_mins(5);
/// The setting for an attempt of which bol shows no trace: `upload` again, or `ask` a person.
const UNSEEN: &str = "invoice_unseen";

/// bol states no size; ours have a tenth of this. For a credit note it has no call.
pub(super) static DESCRIPTOR: InvoicesDescriptor = InvoicesDescriptor { credit_notes: false, most_bytes: 2_000_000 };

/// What is done about an attempt of which bol shows no trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unseen {
    Upload,
    Ask,
}

fn unseen(account: &Account) -> Result<Unseen> {
    match account.settings.get(UNSEEN).map(String::as_str) {
        None | Some("upload") => Ok(Unseen::Upload),
        Some("ask") => Ok(Unseen::Ask),
        Some(other) => {
            let message = format!("{UNSEEN}: got `{}`, expected `upload` or `ask`", shortened(other));
            Err(Error::new(ErrorKind::Configuration, "setting", message))
        }
    }
}

/// What is wrong with the setting.
pub(super) fn flaw(account: &Account) -> Option<Error> {
    unseen(account).err()
}

/// bol takes invoices.
pub(super) struct Capability;

#[async_trait]
impl Invoices for Capability {
    fn descriptor(&self) -> &'static InvoicesDescriptor {
        &DESCRIPTOR
    }

    async fn upload(&self, call: &Call<'_>, invoice: &InvoiceUpload) -> Result<Acknowledged> {
        let Some(shipment) = shipment(call, UPLOAD, invoice).await? else {
            let message =
                format!("bol does not list the shipment that invoice {} is for yet; it is looked for again", invoice.number);
            let status = Status::Temporary { retry_after: Some(UNTIL_SHIPPED) };
            return Err(Error::new(ErrorKind::NotFound, UPLOAD, message).with_status(status));
        };
        let path = format!("{PATH}/{}", requests::segment(UPLOAD, &shipment)?);
        let response = requests::post_file(call, UPLOAD, &path, "invoice", &invoice.number, &invoice.pdf).await?;
        let mut under_way = processes::UnderWay::default();
        under_way.take(UPLOAD, &response)?;
        Ok(under_way.acknowledged())
    }

    async fn knows(&self, call: &Call<'_>, invoice: &InvoiceUpload) -> Result<Option<bool>> {
        let Some(shipment) = shipment(call, KNOWS, invoice).await? else { return Ok(Some(false)) };
        if let Some(has) = requested(call, &shipment).await? {
            return Ok(Some(has));
        }
        match last_process(call, &shipment).await?.as_deref() {
            Some("SUCCESS") => Ok(Some(true)),
            Some("FAILURE") => Ok(Some(false)),
            _ => Ok(match unseen(call.account)? {
                Unseen::Upload => Some(false),
                Unseen::Ask => None,
            }),
        }
    }

    async fn notices(&self, call: &Call<'_>, page: Option<&str>) -> Result<InvoiceNoticePage> {
        self::notices(call, page).await
    }
}

/// The states of requests that are listed, in their order: what customers wait for, and what bol found wrong.
const LISTED: [(&str, InvoiceSays); 2] = [("OPEN", InvoiceSays::Requested), ("UPLOAD_ERROR", InvoiceSays::Refused)];

/// A page of bol's list of requests: all of one state, then all of the next. A page is named by its state and number.
async fn notices(call: &Call<'_>, page: Option<&str>) -> Result<InvoiceNoticePage> {
    let (place, number) = match page.and_then(|page| page.split_once('.')) {
        Some((place, number)) => (place.parse().unwrap_or(0_usize), number.parse().unwrap_or(1_u32)),
        None => (0, 1),
    };
    let Some((state, says)) = LISTED.get(place) else { return Ok(InvoiceNoticePage::default()) };
    let response = requests::get(call, NOTICES, requests::V10, &format!("{PATH}/requests?state={state}&page={number}")).await?;
    let listed: wire_updates::InvoiceRequests = wire_text::json(NOTICES, response.body())?;
    let is_last = listed.requests.is_empty() || number >= MOST_PAGES;
    let next = if is_last { (place + 1, 1) } else { (place, number + 1) };
    // One without a number of its order is of nothing that is known.
    let orders = listed.requests.iter().filter_map(|one| OrderNumber::new(one.order_id.text()).ok());
    Ok(InvoiceNoticePage {
        notices: orders.map(|order| InvoiceNotice { order, says: *says }).collect(),
        next: (next.0 < LISTED.len()).then(|| format!("{}.{}", next.0, next.1)),
    })
}

/// bol's id of the shipment; `None`: it lists none yet.
async fn shipment(call: &Call<'_>, operation: &'static str, invoice: &InvoiceUpload) -> Result<Option<String>> {
    let order = requests::segment(operation, invoice.order.as_str())?;
    let mut candidates: Vec<String> = Vec::new();
    for page in 1..=MOST_PAGES {
        let path = format!("/retailer/shipments?order-id={order}&page={page}");
        let response = requests::get(call, operation, requests::V10, &path).await?;
        let listed: wire_updates::Shipments = wire_text::json(operation, response.body())?;
        if listed.shipments.is_empty() {
            return one_of(operation, invoice, candidates);
        }
        for one in listed.shipments {
            let reference = one.shipment_reference.as_deref().unwrap_or_default();
            let fits = match invoice.shipment.as_deref() {
                Some(wanted) => reference == wanted,
                None => !invoice.other_shipments.iter().any(|other| other == reference) && holds_only(&one, invoice),
            };
            if fits && let Some(id) = one.shipment_id.get().filter(|id| !id.is_empty()) {
                candidates.push(id.clone());
            }
        }
    }
    Err(Error::new(ErrorKind::Protocol, operation, "bol's list of an order's shipments does not end"))
}

/// Whether all that is in a shipment is on the invoice.
fn holds_only(shipment: &wire_updates::ReducedShipment, invoice: &InvoiceUpload) -> bool {
    let items = shipment.items();
    !items.is_empty() && items.iter().all(|item| invoice.lines.iter().any(|line| line.as_str() == item.order_item_id.text()))
}

fn one_of(operation: &'static str, invoice: &InvoiceUpload, mut candidates: Vec<String>) -> Result<Option<String>> {
    match candidates.as_slice() {
        [] => Ok(None),
        [_] => Ok(candidates.pop()),
        several => {
            let message = format!(
                "invoice {} is for {} shipments that were entered at bol itself, and bol takes an invoice for one: upload it there ({})",
                invoice.number,
                several.len(),
                shortened(&several.join(", "))
            );
            Err(Error::new(ErrorKind::BadInput, operation, message))
        }
    }
}

/// What bol's list of requests says of the invoice of a shipment; `None`: nothing.
async fn requested(call: &Call<'_>, shipment: &str) -> Result<Option<bool>> {
    let path = format!("{PATH}/requests?state=ALL&shipment-id={}&page=1", requests::segment(KNOWS, shipment)?);
    let response = requests::get(call, KNOWS, requests::V10, &path).await?;
    let listed: wire_updates::InvoiceRequests = wire_text::json(KNOWS, response.body())?;
    let about = listed.requests.iter().find(|one| one.shipment_id.text() == shipment);
    match about.map(|one| one.status.text()) {
        Some("INVOICE_UPLOADED" | "FINISHED") => Ok(Some(true)),
        Some("INVOICE_INCORRECT") => Err(declined("bol took the invoice and found that it is not correct; look there")),
        Some("INVOICE_VIRUS_DETECTED") => Err(declined("bol took the invoice and its virus scan refused the file; look there")),
        _ => Ok(None),
    }
}

fn declined(message: &str) -> Error {
    Error::new(ErrorKind::Declined, KNOWS, message)
}

/// How the last upload for a shipment ended; `None`: nobody knows of one. An error while bol is at work on one.
async fn last_process(call: &Call<'_>, shipment: &str) -> Result<Option<String>> {
    let known = processes::about(call, KNOWS, shipment, EVENT).await?;
    processes::none_pending(KNOWS, &known)?;
    Ok(known.statuses.into_iter().next().map(|process| process.status))
}
