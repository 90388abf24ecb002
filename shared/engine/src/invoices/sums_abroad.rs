//! Sales to consumers in other states, as far as they count for the threshold of art. 59c. Two sales that are decided by one figure cannot both
//! be written: the figure is the condition of the write. Such sales are few, for past the threshold nothing is decided by it.

use crate::Ports;
use crate::rows::{LegalEntity, SalesAbroadRow};
use domain::invoice::{Content, DocumentKind, LegalEntityId};
use domain::vat::Threshold;
use ports::{Result, Write};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// The sums of a year and of the one before, as they were read: cents of euro; `None`: nothing was sold yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SumsAbroad {
    year: i16,
    this_year: Option<i64>,
    last_year: Option<i64>,
}

/// What of a document counts: euro without VAT, in cents. Of a credit note, it comes off the year of the sale.
pub(crate) fn counted(content: &Content) -> i64 {
    let nets = content.vat.iter().filter(|total| total.decision.counts_for_threshold).map(|total| total.net);
    let per_euro = content.vat_in_euro.as_ref().map_or(Decimal::ONE, |euro| euro.per_euro);
    let euro = nets.sum::<Decimal>().checked_div(per_euro).unwrap_or_default();
    let cents = euro.saturating_mul(Decimal::ONE_HUNDRED);
    let cents = cents.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64().unwrap_or(i64::MAX);
    if content.kind == DocumentKind::CreditNote { -cents } else { cents }
}

impl SumsAbroad {
    /// Reads them.
    pub(crate) async fn read(world: &Ports, entity: &LegalEntityId, year: i16) -> Result<Self> {
        let sum = async |year: i16| world.get::<SalesAbroadRow>(&SalesAbroadRow::key(entity, year)).await;
        let (this_year, last_year) = (sum(year).await?, sum(year - 1).await?);
        Ok(Self { year, this_year: this_year.map(|row| row.cents), last_year: last_year.map(|row| row.cents) })
    }

    /// What a sale is decided by that comes to so many cents without VAT.
    pub(crate) fn threshold(&self, entity: &LegalEntity, this_sale: i64) -> Threshold {
        let sum = |cents: Option<i64>, year: i16| {
            Decimal::new(cents.unwrap_or(0), 2) + entity.sales_abroad.get(&year).copied().unwrap_or_default()
        };
        Threshold {
            year: self.year,
            last_year: sum(self.last_year, self.year - 1),
            this_year: sum(self.this_year, self.year),
            this_sale: Decimal::new(this_sale, 2),
        }
    }

    /// Adds to the sum, if it still is what was decided by.
    pub(crate) fn add(&self, entity: &LegalEntityId, cents: i64) -> Write {
        SalesAbroadRow::add_to(self.this_year, entity, self.year, cents)
    }
}
