//! Figures, item by item. Read before it is written: what Amazon sends itself has none.
//!
//! "Set 7" is what is shown, once Amazon comes to it: orders that were placed meanwhile are not taken off.

use super::{jobs, listings, patches, wire};
use async_trait::async_trait;
use domain::OfferId;
use ports::{
    Acknowledged, Call, Error, ErrorKind, Later, Observed, Outcomes, ReadBack, Result, StockDescriptor, StockSemantics,
    StockWrite, each,
};

const READ: &str = "amazon.stock";
const WRITE: &str = "amazon.stock.write";
/// Where figures stand in a listing.
pub(super) const ATTRIBUTE: &str = "fulfillment_availability";

/// Amazon shows figures.
pub(super) struct Capability;

static DESCRIPTOR: StockDescriptor = StockDescriptor {
    semantics: StockSemantics::Absolute,
    read_back: ReadBack::PerItem,
    can_lead: false,
    locations: None,
    starts_tracking: false,
    most: None,
    batch: 1,
    write_every_s: 0,
    // Whether changes of one listing come into force in the order in which they were taken is not written anywhere.
    later: Some(LATER),
};

/// Minutes, says Amazon, and a quarter of an hour at the most.
pub(super) const LATER: Later = Later { keeps_order: false, ask_every_s: 30, done_within_s: jobs::OVER_AFTER_S };

async fn write(call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged> {
    let code = &write.stock_reference;
    let units = write.quantity.units();
    // Nobody looked just before: it may have become one that Amazon sends, and the figure would take it back.
    if write.from.is_none()
        && listings::figure(WRITE, &listings::one(call, WRITE, code, "fulfillmentAvailability").await?)? == Observed::NotCounted
    {
        let message = format!("Amazon sends `{code}` itself, or does not say who does: it is told no figure");
        return Err(Error::new(ErrorKind::Conflict, WRITE, message));
    }
    let figure = wire::Figure { fulfillment_channel_code: listings::OWN, quantity: units };
    patches::send(call, WRITE, code, ("/attributes/fulfillment_availability", figure)).await?;
    Ok(jobs::pending(jobs::Kind::Stock, call.now, &units.to_string(), code))
}

#[async_trait]
impl ports::StockLevels for Capability {
    fn descriptor(&self) -> &'static StockDescriptor {
        &DESCRIPTOR
    }

    async fn read(&self, call: &Call<'_>, _offer: &OfferId, stock_reference: &str) -> Result<Observed> {
        listings::figure(READ, &listings::one(call, READ, stock_reference, "fulfillmentAvailability").await?)
    }

    async fn write(&self, call: &Call<'_>, writes: &[StockWrite]) -> Result<Outcomes> {
        each(writes, |one| write(call, one)).await
    }
}
