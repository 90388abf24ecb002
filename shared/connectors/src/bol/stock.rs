//! Reads and writes an offer's stock (Offers API v11: in force with the answer, no process status).
//!
//! `managedByRetailer` is always `true`: bol then takes off only the orders placed after the update, so the figure to send is what
//! is available at that instant. With `false` bol takes off all open orders, and the figure would have to be the physical stock.

use super::{requests, wire};
use crate::lenient::{Field, Parts};
use crate::wire_text;
use async_trait::async_trait;
use domain::{FieldError, OfferId, Quantity};
use http::{Method, StatusCode};
use ports::{
    Acknowledged, Call, Error, ErrorKind, Observed, Outcomes, ReadBack, Result, Status, StockDescriptor, StockSemantics,
    StockWrite,
};

const READ: &str = "bol.read_stock";
const WRITE: &str = "bol.write_stock";
/// v10 took no more than this; v11 names no bound, so the old one stands until somebody has tried.
const MOST_STOCK: i64 = 999;

/// The figure that can still be bought.
pub(super) async fn read(call: &Call<'_>, offer: &str) -> Result<Quantity> {
    let path = format!("/retailer/offers/{}", requests::segment(READ, offer)?);
    let response = requests::get(call, READ, requests::V11, &path).await?;
    let offer: wire::Offer = wire_text::json(READ, response.body())?;
    if offer.is_shipped_by_bol().map_err(|unreadable| requests::unreadable(READ, "the offer", &unreadable))? {
        return Err(Error::new(
            ErrorKind::Declined,
            READ,
            "this offer is shipped by bol from its own stock; publish nothing to it",
        ));
    }
    shown(&offer.stock).map_err(|unreadable| requests::unreadable(READ, "the offer's figure", &unreadable))
}

/// The figure an offer shows. One without stock has the schema's default: none. Below zero, more was sold than was there. What is no whole
/// number of units is no figure.
pub(super) fn shown(stock: &Field<Parts<wire::Stock>>) -> std::result::Result<Quantity, FieldError> {
    let stock = stock.given("stock", "an amount")?;
    stock.map_or(Ok(Quantity::ZERO), |stock| stock.0.left().map(Quantity::clamped))
}

/// Sets what is available now.
pub(super) async fn write(call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged> {
    let amount = write.quantity.min(Quantity::clamped(MOST_STOCK)).units();
    let path = format!("/retailer/offers/{}", requests::segment(WRITE, &write.stock_reference)?);
    let stock = Some(wire::UpdateStock { amount, managed_by_retailer: true });
    patch(call, WRITE, &path, &wire::PatchOffer { stock, ..wire::PatchOffer::default() }).await
}

/// Changes an offer: in force with a 204, and with nothing else.
pub(super) async fn patch(
    call: &Call<'_>,
    operation: &'static str,
    path: &str,
    change: &wire::PatchOffer,
) -> Result<Acknowledged> {
    let response = requests::write(call, operation, Method::PATCH, requests::V11, path, change).await?;
    if response.status() == StatusCode::NO_CONTENT {
        return Ok(Acknowledged::Applied);
    }
    Err(Error::new(ErrorKind::Protocol, operation, "bol did not say that the offer is changed; it will be read back")
        .with_detail(format!("HTTP {} where 204 is documented", response.status().as_u16()))
        .with_status(Status::Unknown))
}

/// bol shows figures.
pub(super) struct Capability;

static DESCRIPTOR: StockDescriptor = StockDescriptor {
    semantics: StockSemantics::AbsoluteLessLaterOrders,
    read_back: ReadBack::PerItem,
    can_lead: false,
    locations: None,
    starts_tracking: false,
    most: Some(MOST_STOCK),
    batch: 1,
    write_every_s: 0,
    later: None,
};

#[async_trait]
impl ports::StockLevels for Capability {
    fn descriptor(&self) -> &'static StockDescriptor {
        &DESCRIPTOR
    }

    async fn read(&self, call: &Call<'_>, _offer: &OfferId, stock_reference: &str) -> Result<Observed> {
        read(call, stock_reference).await.map(Observed::from)
    }

    async fn write(&self, call: &Call<'_>, writes: &[StockWrite]) -> Result<Outcomes> {
        ports::each(writes, |one| write(call, one)).await
    }
}
