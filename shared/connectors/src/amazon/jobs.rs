//! Whether a change of a listing is in force: Amazon tells of no submission by itself, so the listing is looked at.
//!
//! It is in force once the listing shows what was written. It is refused once an error about that attribute stands on it. What shows neither after a quarter
//! of an hour was overtaken by sales or by another change: nobody knows any more, and the item is looked at anew.

use super::{listings, patches, prices, settings, stock, wire};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ports::{Acknowledged, Call, Error, ErrorKind, Observed, Result};
use rust_decimal::Decimal;

const OPERATION: &str = "amazon.change";
/// Seconds after which a change is in force or never will be.
pub(super) const OVER_AFTER_S: u32 = 900;

/// What was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Stock,
    Price,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Price => "price",
        }
    }

    const fn attribute(self) -> &'static str {
        match self {
            Self::Stock => stock::ATTRIBUTE,
            Self::Price => prices::ATTRIBUTE,
        }
    }
}

/// A change that was taken now.
pub(super) fn pending(kind: Kind, now: Timestamp, value: &str, code: &str) -> Acknowledged {
    Acknowledged::Pending(format!("{}|{}|{value}|{code}", kind.word(), now.as_second()))
}

/// Whether a listing shows what was written.
fn shows(kind: Kind, item: &wire::Item, value: &str, store: &str) -> bool {
    match kind {
        Kind::Stock => {
            let shown = listings::shown(item).ok().and_then(Observed::counted);
            shown.is_some_and(|shown| shown.quantity.units().to_string() == value)
        }
        Kind::Price => {
            let wanted: Option<Decimal> = value.parse().ok();
            let own = |offer: &wire::Offer| offer.marketplace_id.text() == store && offer.offer_type.text() != "B2B";
            let of = |offer: wire::Offer| offer.price.get().and_then(|price| price.0.amount.get().copied());
            let offers =
                item.offers.get().map(|all| all.readable::<wire::Offer>().filter(own).filter_map(of).collect::<Vec<_>>());
            wanted.is_some() && offers.is_some_and(|prices| prices.into_iter().any(|price| Some(price) == wanted))
        }
    }
}

async fn status(call: &Call<'_>, status: &str) -> Result<Acknowledged> {
    let mut parts = status.splitn(4, '|');
    let kind = parts.next().and_then(|word| [Kind::Stock, Kind::Price].into_iter().find(|kind| kind.word() == word));
    let taken = parts.next().and_then(|text| Timestamp::from_second(text.parse().ok()?).ok());
    let (Some(kind), Some(taken), Some(value), Some(code)) = (kind, taken, parts.next(), parts.next()) else {
        return Err(Error::new(ErrorKind::BadInput, OPERATION, "this is the status of no change"));
    };
    let store = settings::marketplace(call.account)?.id;
    let item = listings::one(call, OPERATION, code, "issues,offers,fulfillmentAvailability").await?;
    if shows(kind, &item, value, store) {
        return Ok(Acknowledged::Applied);
    }
    if let Some(why) = patches::wrong_with(&item.issues, Some(kind.attribute())) {
        let message = format!("Amazon does not put the {} of `{code}` in force: {why}", kind.word());
        return Err(Error::new(ErrorKind::Declined, OPERATION, message));
    }
    if call.now.duration_since(taken) >= SignedDuration::from_secs(i64::from(OVER_AFTER_S)) {
        let message = format!("`{code}` does not show the {} that was written a quarter of an hour ago", kind.word());
        return Err(Error::new(ErrorKind::NotFound, OPERATION, message));
    }
    Ok(Acknowledged::Pending(status.to_owned()))
}

/// Amazon works on changes after it took them.
pub(super) struct Capability;

#[async_trait]
impl ports::Jobs for Capability {
    async fn status(&self, call: &Call<'_>, status: &str) -> Result<Acknowledged> {
        self::status(call, status).await
    }
}

#[cfg(test)]
#[path = "jobs_tests.rs"]
mod tests;
