//! Goods that go from one state to another.

use super::outcome::Taxation;
use super::{Case, DISTANCE_SALES_THRESHOLD};
use crate::vat::{Buyer, Category, Reason, Region, Stop, VatCountry, VatReturn, VatTreatment, WhyDestination};
use rust_decimal::Decimal;

/// A state, and the part of it.
type Place = (VatCountry, Option<Region>);

impl Case<'_> {
    /// First a business with a number of another state than the goods leave; all others like consumers.
    pub(super) fn across(&self, from: Place, to: Place) -> Result<VatTreatment, Stop> {
        if let Some(exempt) = self.exempt_either_way(from.0)? {
            return Ok(exempt);
        }
        // Art. 138(1)(b): registered for VAT in a member state other than that in which the transport begins. It need not be that of arrival.
        if let Some(number) = self.proof.number(|of| of != from.0)? {
            return self.intra_community(from.0, to.0, number);
        }
        match self.why_destination(from.0)? {
            None => self.origin(from, to.0),
            Some(because) => self.destination(from.0, to, because),
        }
    }

    /// A small business in the state of departure is exempt there, whether the buyer is a business (art. 139(1)) or, under the threshold, a consumer
    /// (art. 32, 284): VIES need not be asked. Not so where a consumer's sale would be taxed at its destination.
    fn exempt_either_way(&self, from: VatCountry) -> Result<Option<VatTreatment>, Stop> {
        let is_open = self.proof.number(|of| of != from).is_err();
        if !is_open || !self.seller.is_exempt_in(from, self.supply.on) || self.why_destination(from)?.is_some() {
            return Ok(None);
        }
        Ok(self.small_business(from, from, self.proof.buyer()))
    }

    fn intra_community(&self, from: VatCountry, to: VatCountry, number: crate::vat::VatNumber) -> Result<VatTreatment, Stop> {
        // Art. 139(1): whoever is exempt as a small business makes no exempt intra-Community supplies.
        if let Some(exempt) = self.small_business(from, from, Buyer::Business { number: number.clone() }) {
            return Ok(exempt);
        }
        let seller_number = Some(self.number_in(from)?);
        let reason = Reason::IntraCommunity { from, to, number };
        let vat_return = VatReturn::IntraCommunity { country: from };
        Ok(self.sale(Taxation { category: Category::K, seller_number, ..Taxation::of(from, from, reason, vat_return) }))
    }

    /// Under the threshold: as if the goods stayed where they left (art. 32, 59c).
    fn origin(&self, from: Place, to: VatCountry) -> Result<VatTreatment, Stop> {
        let (state, region) = from;
        if let Some(exempt) = self.small_business(state, state, self.proof.buyer()) {
            return Ok(exempt);
        }
        let seller_number = Some(self.number_in(state)?);
        let rate = self.rates.rate(&self.supply.class, state, region, self.supply.on)?;
        let (last_year, this_year) = self.sums()?;
        let reason = Reason::Origin { from: state, to, this_year, last_year };
        let taxation = Taxation::of(state, state, reason, VatReturn::Local { country: state });
        Ok(self.sale(Taxation { rate, region, seller_number, counts_for_threshold: true, ..taxation }))
    }

    /// Where they arrive (art. 33(a)), in the return for all states or in that state's own.
    fn destination(&self, from: VatCountry, to: Place, because: WhyDestination) -> Result<VatTreatment, Stop> {
        let (state, region) = to;
        if let Some(exempt) = self.small_business(from, state, self.proof.buyer()) {
            return Ok(exempt);
        }
        let counts_for_threshold = !matches!(because, WhyDestination::StockAbroad | WhyDestination::Establishment);
        // Goods that lie in a state make a number there necessary, wherever they go.
        self.number_in(from)?;
        let (vat_return, number) = match (self.seller.oss_on(self.supply.on), self.seller.numbers.get(&state)) {
            (Some(oss), _) => (VatReturn::Oss, oss.number.clone()),
            (None, Some(number)) => (VatReturn::Local { country: state }, number.clone()),
            (None, None) => return Err(Stop::NoReturnAtDestination { country: state }),
        };
        let rate = self.rates.rate(&self.supply.class, state, region, self.supply.on)?;
        let reason = Reason::Destination { from, to: state, because };
        let taxation = Taxation::of(from, state, reason, vat_return);
        Ok(self.sale(Taxation { rate, region, seller_number: Some(number), counts_for_threshold, ..taxation }))
    }

    /// Why the VAT of the destination is due and not that of `from`; `None`: it is not. In the order of what is certain without figures.
    fn why_destination(&self, from: VatCountry) -> Result<Option<WhyDestination>, Stop> {
        let establishments = self.seller.establishments();
        if establishments.len() != 1 {
            return Ok(Some(WhyDestination::Establishment));
        }
        if !establishments.contains(&from) {
            return Ok(Some(WhyDestination::StockAbroad));
        }
        if self.seller.oss_on(self.supply.on).is_some() {
            return Ok(Some(WhyDestination::Oss));
        }
        if self.seller.destination_from.is_some_and(|since| since <= self.supply.on) {
            return Ok(Some(WhyDestination::Opted));
        }
        let (last_year, this_year) = self.sums()?;
        Ok(if last_year > DISTANCE_SALES_THRESHOLD {
            Some(WhyDestination::LastYear { sum: last_year })
        } else if this_year > DISTANCE_SALES_THRESHOLD {
            // The sale that crosses it is itself beyond it (art. 59c(2): "as of that time").
            Some(WhyDestination::ThisYear { sum: this_year })
        } else {
            None
        })
    }

    /// Euro of the year before, and of the year of supply with this sale.
    fn sums(&self) -> Result<(Decimal, Decimal), Stop> {
        let year = self.supply.on.year();
        let told = self.supply.threshold.filter(|told| told.year == year).ok_or(Stop::ThresholdUnknown { year })?;
        let this_year = told.this_year.checked_add(told.this_sale).unwrap_or(Decimal::MAX);
        Ok((told.last_year, this_year))
    }
}
