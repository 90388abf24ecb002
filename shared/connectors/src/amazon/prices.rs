//! Sets prices, item by item. Of the offer only the price for everybody changes: prices for businesses and sales that were planned stay.

use super::{jobs, patches, settings, stock, wire};
use async_trait::async_trait;
use ports::{Acknowledged, Call, Error, ErrorKind, Outcomes, PriceWrite, Prices, PricesDescriptor, Result, each};

const OPERATION: &str = "amazon.price";
/// Where prices stand in a listing.
pub(super) const ATTRIBUTE: &str = "purchasable_offer";

/// Amazon takes prices.
pub(super) struct Capability;

static DESCRIPTOR: PricesDescriptor = PricesDescriptor { batch: 1, write_every_s: 0, later: Some(stock::LATER) };

async fn write(call: &Call<'_>, write: &PriceWrite) -> Result<Acknowledged> {
    let (code, store) = (&write.stock_reference, settings::marketplace(call.account)?);
    if write.price.currency.as_str() != store.currency {
        let message = format!("`{code}` is sold in {} there, not in {}", store.currency, write.price.currency.as_str());
        return Err(Error::new(ErrorKind::Declined, OPERATION, message));
    }
    let amount = write.price.amount;
    let asked = wire::Asked {
        marketplace_id: store.id,
        currency: store.currency,
        audience: "ALL",
        our_price: [wire::Schedule { schedule: [wire::ValueWithTax { value_with_tax: amount }] }],
    };
    patches::send(call, OPERATION, code, ("/attributes/purchasable_offer", asked)).await?;
    Ok(jobs::pending(jobs::Kind::Price, call.now, &amount.to_string(), code))
}

#[async_trait]
impl Prices for Capability {
    fn descriptor(&self) -> &'static PricesDescriptor {
        &DESCRIPTOR
    }

    async fn write(&self, call: &Call<'_>, writes: &[PriceWrite]) -> Result<Outcomes> {
        each(writes, |one| write(call, one)).await
    }
}
