//! Sales to consumers in other states, as far as they count for the threshold of art. 59c. Two sales that are decided by one figure cannot both
//! be written: the figure is the condition of the write. Such sales are few, for past the threshold nothing is decided by it.

use crate::Ports;
use crate::rows::{LegalEntity, SalesAbroadRow, SeriesRow};
use domain::invoice::{Content, DocumentKind, LegalEntityId};
use domain::vat::{DISTANCE_SALES_THRESHOLD, Threshold};
use ports::{Result, Write};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// The sums of a year and of the one before, as they were read: cents of euro; `None`: nothing was sold yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SumsAbroad {
    year: i16,
    this_year: Option<i64>,
    last_year: Option<i64>,
    /// The first year of which a document was issued here: what was sold in later ones is known here alone.
    issues_since: Option<i16>,
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
    /// Reads them. Since when documents are issued here is asked only where the merchant left out what was sold before.
    pub(crate) async fn read(world: &Ports, id: &LegalEntityId, entity: &LegalEntity, year: i16) -> Result<Self> {
        let sum = async |year: i16| world.get::<SalesAbroadRow>(&SalesAbroadRow::key(id, year)).await;
        let (this_year, last_year) = (sum(year).await?, sum(year - 1).await?);
        let is_told = [year - 1, year].iter().all(|year| entity.sales_abroad.contains_key(year));
        let issues_since = if is_told { None } else { issues_since(world, id).await? };
        let cents = |row: Option<SalesAbroadRow>| row.map(|row| row.cents);
        Ok(Self { year, this_year: cents(this_year), last_year: cents(last_year), issues_since })
    }

    /// What a sale is decided by that comes to so many cents without VAT. `None`: a year's sum is not known, and the other's is not above the
    /// threshold by itself. What a merchant left out is never taken for nothing.
    pub(crate) fn threshold(&self, entity: &LegalEntity, this_sale: i64) -> Option<Threshold> {
        let this_sale = Decimal::new(this_sale, 2);
        let (last_year, this_year) =
            (self.sum(entity, self.last_year, self.year - 1), self.sum(entity, self.this_year, self.year));
        let decides = |sum: Option<Decimal>| sum.is_some_and(|sum| sum > DISTANCE_SALES_THRESHOLD);
        let is_decided = decides(last_year) || decides(this_year.map(|sum| sum + this_sale));
        if !is_decided && (last_year.is_none() || this_year.is_none()) {
            return None;
        }
        let (last_year, this_year) = (last_year.unwrap_or_default(), this_year.unwrap_or_default());
        Some(Threshold { year: self.year, last_year, this_year, this_sale })
    }

    /// A year's sum: what the merchant says was sold before, and what was invoiced here. A year is known without the merchant's word if it began
    /// after the first document that was issued here.
    fn sum(&self, entity: &LegalEntity, here: Option<i64>, year: i16) -> Option<Decimal> {
        let all_here = self.issues_since.is_some_and(|since| since < year).then_some(Decimal::ZERO);
        let before = entity.sales_abroad.get(&year).copied().or(all_here)?;
        Some(before + Decimal::new(here.unwrap_or(0), 2))
    }

    /// Adds to the sum, if it still is what was decided by.
    pub(crate) fn add(&self, entity: &LegalEntityId, cents: i64) -> Write {
        SalesAbroadRow::add_to(self.this_year, entity, self.year, cents)
    }
}

/// The first year of which an entity has documents from here, under whichever series.
async fn issues_since(world: &Ports, entity: &LegalEntityId) -> Result<Option<i16>> {
    let series: Vec<SeriesRow> = world.all(SeriesRow::PARTITION, &format!("{}#", entity.as_str())).await?;
    Ok(series.iter().map(|row| row.series.year).min())
}
