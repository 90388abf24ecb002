//! Where a marketplace supplies to the buyer in the seller's place (Directive 2006/112/EC, art. 14a), and what comes from outside the EU.

use super::{Case, MOST_IMPORTED};
use crate::Country;
use crate::vat::{AccountedBy, Category, Deemed, SoldOn, Stop, VatCountry, VatTreatment, WhyDeemed};

impl Case<'_> {
    /// From outside the EU into it. A marketplace accounts for small consignments to consumers (art. 14a(1)); everything else is an import,
    /// which is not supported (art. 30, 201; IOSS: art. 369l and following).
    pub(super) fn import(&self, from: Country, to: VatCountry) -> Result<VatTreatment, Stop> {
        let refused = Stop::Import { from: from.clone(), to };
        let SoldOn::Marketplace { accounted_by } = self.supply.sold_on else {
            return Err(refused);
        };
        let is_small = match (self.supply.consignment, accounted_by) {
            (Some(value), _) => value <= MOST_IMPORTED,
            (None, Some(AccountedBy::Marketplace)) => true,
            (None, _) => return Err(Stop::ConsignmentValueUnknown { from }),
        };
        if !is_small || self.proof.number(|_| true)?.is_some() {
            return Err(refused);
        }
        if accounted_by == Some(AccountedBy::Seller) {
            return Err(Stop::MarketplaceContradicts { by_marketplace: false });
        }
        // What the seller supplies to the marketplace is supplied outside the EU (art. 32, 36b): no VAT of the EU's concerns it.
        Ok(VatTreatment::ToMarketplace(Deemed { category: Category::O, reason: WhyDeemed::ImportedConsignment { from, to } }))
    }

    /// Within the EU: a marketplace accounts where the seller is established outside it and the buyer is no business (art. 14a(2)). For a seller
    /// of the EU never, whatever the marketplace says.
    pub(super) fn deemed_inside(&self, from: VatCountry, to: VatCountry) -> Result<Option<Deemed>, Stop> {
        let SoldOn::Marketplace { accounted_by } = self.supply.sold_on else {
            return Ok(None);
        };
        let is_deemed = self.seller.establishments().is_empty() && self.proof.number(|_| true)?.is_none();
        match (is_deemed, accounted_by) {
            (true, Some(AccountedBy::Seller)) => Err(Stop::MarketplaceContradicts { by_marketplace: false }),
            (false, Some(AccountedBy::Marketplace)) => Err(Stop::MarketplaceContradicts { by_marketplace: true }),
            (true, _) => Ok(Some(Deemed { category: Category::E, reason: WhyDeemed::SellerOutsideTheEu { from, to } })),
            (false, _) => Ok(None),
        }
    }
}
