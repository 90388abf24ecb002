//! What a rule found, made into a decision: the parts that are the same for all rules stand here once.

use super::Case;
use crate::vat::{
    Buyer, Category, Decision, Exemption, InvoiceObligation, Mention, Reason, Region, Stop, VatCountry, VatNumber, VatReturn,
    VatTreatment,
};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

/// From this date on businesses established in Belgium invoice each other with structured invoices (WBTW art. 53 §2bis, KB nr. 1 art. 13ter;
/// law of 2024-02-06).
const STRUCTURED_IN_BELGIUM: Date = date(2026, 1, 1);

/// What a rule found.
pub(super) struct Taxation {
    pub(super) category: Category,
    pub(super) rate: Decimal,
    pub(super) from: VatCountry,
    pub(super) country: VatCountry,
    pub(super) region: Option<Region>,
    pub(super) reason: Reason,
    pub(super) vat_return: VatReturn,
    pub(super) seller_number: Option<VatNumber>,
    pub(super) counts_for_threshold: bool,
    pub(super) buyer: Option<Buyer>,
}

impl Taxation {
    /// Taxed at the standard category; the rule says what is otherwise.
    pub(super) fn of(from: VatCountry, country: VatCountry, reason: Reason, vat_return: VatReturn) -> Self {
        Self {
            category: Category::S,
            rate: Decimal::ZERO,
            from,
            country,
            region: None,
            reason,
            vat_return,
            seller_number: None,
            counts_for_threshold: false,
            buyer: None,
        }
    }
}

impl Case<'_> {
    /// The seller's number in a state where goods lie.
    pub(super) fn number_in(&self, country: VatCountry) -> Result<VatNumber, Stop> {
        self.seller.numbers.get(&country).cloned().ok_or(Stop::NoNumberInShipFrom { country })
    }

    pub(super) fn home_number(&self) -> Option<&VatNumber> {
        self.seller.home().and_then(|home| self.seller.numbers.get(&home))
    }

    /// The verdict where the seller is exempt in the state whose VAT it would be (Directive 2006/112/EC, art. 284). No number is asked for: a
    /// small business need not have one.
    pub(super) fn small_business(&self, from: VatCountry, country: VatCountry, buyer: Buyer) -> Option<VatTreatment> {
        self.seller.is_exempt_in(country, self.supply.on).then(|| {
            let cross_border = self.seller.home() != Some(country);
            let reason = Reason::SmallBusiness { country, cross_border };
            let number = if cross_border { self.home_number() } else { self.seller.numbers.get(&country) };
            self.sale(Taxation {
                category: Category::E,
                seller_number: number.cloned(),
                buyer: Some(buyer),
                ..Taxation::of(from, country, reason, VatReturn::SmallBusiness)
            })
        })
    }

    /// The decision.
    pub(super) fn sale(&self, found: Taxation) -> VatTreatment {
        let buyer = found.buyer.unwrap_or_else(|| self.proof.buyer());
        // A rate of nothing is a category of its own (EN 16931, BR-S-05 and BR-Z-05).
        let category = if found.category == Category::S && found.rate.is_zero() { Category::Z } else { found.category };
        let crosses_no_border = found.from == found.country && self.arrives_in == Some(found.country);
        let is_optional = buyer == Buyer::Consumer && crosses_no_border && self.seller.is_established_in(found.country);
        let structured = found.country == VatCountry::Be
            && self.seller.is_established_in(VatCountry::Be)
            && self.proof.may_be_business_of(VatCountry::Be)
            && self.supply.on >= STRUCTURED_IN_BELGIUM;
        VatTreatment::Sale(Box::new(Decision {
            category,
            rate: found.rate,
            country: found.country,
            region: found.region,
            ship_from: found.from,
            exemption: exemption(category),
            mention: mention(&found.reason),
            reason: found.reason,
            buyer,
            vat_return: found.vat_return,
            seller_number: found.seller_number,
            invoice: if is_optional { InvoiceObligation::Optional } else { InvoiceObligation::Issue },
            structured,
            counts_for_threshold: found.counts_for_threshold,
        }))
    }
}

fn exemption(category: Category) -> Option<Exemption> {
    match category {
        Category::Ae => Some(Exemption::ReverseCharge),
        Category::K => Some(Exemption::IntraCommunity),
        Category::G => Some(Exemption::Export),
        Category::O => Some(Exemption::NotSubject),
        // The list has no code for small businesses: the wording tells.
        Category::S | Category::Z | Category::E => None,
    }
}

fn mention(reason: &Reason) -> Option<Mention> {
    match reason {
        Reason::ReverseCharge { .. } => Some(Mention::ReverseCharge),
        Reason::IntraCommunity { .. } => Some(Mention::IntraCommunity),
        Reason::Export { .. } => Some(Mention::Export),
        Reason::SmallBusiness { country: VatCountry::Nl, cross_border: false } => Some(Mention::SmallBusinessNl),
        Reason::SmallBusiness { country: VatCountry::Be, cross_border: false } => Some(Mention::SmallBusinessBe),
        Reason::SmallBusiness { .. } => Some(Mention::SmallBusinessEu),
        Reason::Domestic { .. } | Reason::Origin { .. } | Reason::Destination { .. } => None,
    }
}
