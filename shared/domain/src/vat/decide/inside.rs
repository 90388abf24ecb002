//! Goods that stay in one state, and goods that leave the EU.

use super::Case;
use super::outcome::Taxation;
use crate::Country;
use crate::vat::{
    AccountedBy, Category, Deemed, Reason, Region, SoldOn, Stop, Territory, VatCountry, VatReturn, VatTreatment, WhyDeemed,
};

impl Case<'_> {
    /// The goods stay in the state.
    pub(super) fn inside(&self, state: VatCountry, region: Option<Region>) -> Result<VatTreatment, Stop> {
        if let Some(exempt) = self.small_business(state, state, self.proof.buyer()) {
            return Ok(exempt);
        }
        let is_established = self.seller.is_established_in(state);
        if !is_established && let Some(verdict) = self.shifted(state)? {
            return Ok(verdict);
        }
        let number = self.number_in(state)?;
        let rate = self.rates.rate(&self.supply.class, state, region, self.supply.on)?;
        Ok(self.sale(Taxation {
            rate,
            region,
            seller_number: Some(number),
            ..Taxation::of(
                state,
                state,
                Reason::Domestic { country: state, from_stock_abroad: !is_established },
                VatReturn::Local { country: state },
            )
        }))
    }

    /// To a business of the state by a seller who is not established in it: the buyer accounts for the VAT, where the state has chosen so
    /// (Directive 2006/112/EC, art. 194). The seller needs no number there.
    fn shifted(&self, state: VatCountry) -> Result<Option<VatTreatment>, Stop> {
        let shifts = self.seller.shifts(state);
        if shifts == Some(false) {
            return Ok(None);
        }
        let Some(number) = self.proof.number(|of| of == state)? else {
            return Ok(None);
        };
        if shifts.is_none() {
            return Err(Stop::ReverseChargeUnknown { country: state });
        }
        let reason = Reason::ReverseCharge { country: state, number };
        Ok(Some(self.sale(Taxation {
            category: Category::Ae,
            // Without a number there, the invoice carries the one of the seat.
            seller_number: self.seller.numbers.get(&state).or_else(|| self.home_number()).cloned(),
            ..Taxation::of(state, state, reason, VatReturn::ReverseCharge { country: state })
        })))
    }

    /// Out of the EU's VAT, sent by the seller or for him (art. 146(1)(a)); whoever buys.
    pub(super) fn export(&self, from: VatCountry, to: Country, territory: Option<Territory>) -> Result<VatTreatment, Stop> {
        let number = self.number_in(from)?;
        if self.supply.sold_on == (SoldOn::Marketplace { accounted_by: Some(AccountedBy::Marketplace) }) {
            return Ok(VatTreatment::ToMarketplace(Deemed {
                category: Category::G,
                reason: WhyDeemed::CollectedAbroad { from, to },
            }));
        }
        let reason = Reason::Export { from, to, territory };
        Ok(self.sale(Taxation {
            category: Category::G,
            seller_number: Some(number),
            ..Taxation::of(from, from, reason, VatReturn::Export { country: from })
        }))
    }
}
