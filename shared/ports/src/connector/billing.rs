//! Who bought an order, read when a document needs it and not before.

use super::{Account, Call};
use crate::{Error, ErrorKind, Result};
use async_trait::async_trait;
use domain::{OrderBuyer, OrderNumber, Personal};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// The setting that lets a merchant keep buyers for fewer days than the channel allows.
pub const KEEP_BUYER_DAYS: &str = "keep_buyer_days";

/// What the engine must not guess about a channel's buyers.
#[derive(Debug, Clone, Copy)]
pub struct BillingDescriptor {
    /// Days after delivery for which the buyer of an order may be kept outside of invoices.
    pub keeps_days: u16,
    /// Whether the merchant may write to the address that it tells.
    pub mail: BuyerMail,
}

/// Whose address a channel tells, and what may be written to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuyerMail {
    /// The buyer's own: the merchant's customer.
    Own,
    /// One of the channel's, behind which is the buyer: what belongs to the order and nothing else, without a way to the merchant's own shop.
    Alias,
    /// None, or one that the channel wants nobody to write to.
    No,
}

impl BillingDescriptor {
    /// How long after delivery the buyer of an order is kept, by the settings of a connection.
    pub fn keeps(&self, settings: &BTreeMap<String, String>) -> Result<SignedDuration> {
        let most = self.keeps_days;
        let days = match settings.get(KEEP_BUYER_DAYS).map(|text| (text, text.parse::<u16>())) {
            None => most,
            Some((_, Ok(days))) if (1..=most).contains(&days) => days,
            Some((text, _)) => {
                let message = format!("{KEEP_BUYER_DAYS}: got `{text}`, expected a whole number of days from 1 to {most}");
                return Err(Error::new(ErrorKind::Configuration, "setting", message));
            }
        };
        Ok(SignedDuration::from_hours(24 * i64::from(days)))
    }

    /// What is wrong with the setting.
    pub fn flaw(&self, account: &Account) -> Option<Error> {
        self.keeps(&account.settings).err()
    }
}

/// Tells who bought.
#[async_trait]
pub trait Billing: Send + Sync {
    /// What the engine must not guess.
    fn descriptor(&self) -> &'static BillingDescriptor;

    /// Reads the buyer of an order: what of it the channel tells, the rest left out. An error holds nothing of the buyer.
    async fn buyer(&self, call: &Call<'_>, number: &OrderNumber) -> Result<Personal<OrderBuyer>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buyers_are_kept_for_as_long_as_the_channel_allows_or_shorter() {
        let marketplace = BillingDescriptor { keeps_days: 90, mail: BuyerMail::Alias };
        let keeps = |text: &str| marketplace.keeps(&BTreeMap::from([(KEEP_BUYER_DAYS.to_owned(), text.to_owned())]));
        assert_eq!(marketplace.keeps(&BTreeMap::new()).unwrap(), SignedDuration::from_hours(90 * 24));
        assert_eq!(keeps("30").unwrap(), SignedDuration::from_hours(30 * 24));
        for wrong in ["0", "91", "-1", "1.5", "", "for ever"] {
            let error = keeps(wrong).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Configuration);
            assert!(error.message.contains("from 1 to 90"), "{wrong}: {}", error.message);
        }
    }
}
