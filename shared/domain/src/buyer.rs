//! Who bought an order, as its channel tells it: personal data, kept apart from everything else that is known of the order.

use crate::vat::VatNumber;
use crate::{Country, Due, Order};
use jiff::{SignedDuration, Timestamp};

/// Who bought, and where it goes. It lives in the one row `BUYER` beside the order and in documents, and nowhere else. It has no `Debug`, so
/// that nothing which holds it can be logged; in memory it is carried in `Personal`.
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct OrderBuyer {
    /// To whom the bill goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<PostalAddress>,
    /// To whom the goods go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<PostalAddress>,
    /// The name of the pick-up point, where they go to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup_point: Option<String>,
    /// Where the buyer can be mailed; of a marketplace, its alias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where the buyer can be rung up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The VAT number that the buyer gave, as far as it has the form of one. Whether it exists is for VIES to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub vat_number: Option<VatNumber>,
    /// Its number in its country's trade register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<String>,
    /// The buyer's own reference of the order (EN 16931 BT-13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_reference: Option<String>,
    /// The buyer's language, as the channel writes it: `nl`, `fr-BE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// A name and an address as a channel tells them: any part may be missing.
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PostalAddress {
    /// First and last name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The business. That it is named makes nobody a business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Street with number, and what else stands above the postcode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// The postcode, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
}

/// Characters of any one text of it that are kept.
const LONGEST: usize = 250;

/// A text of a channel, without spaces around it and cut to what is kept; `None` of none.
pub fn buyer_text(text: &str) -> Option<String> {
    let kept: String = text.trim().chars().filter(|c| !crate::breaks_a_line(*c)).take(LONGEST).collect();
    (!kept.is_empty()).then_some(kept)
}

impl PostalAddress {
    /// Itself, unless nothing of it is told.
    #[must_use]
    pub fn if_any(self) -> Option<Self> {
        (self != Self::default()).then_some(self)
    }
}

/// A shipment of which no delivery is told counts as delivered this long after the order was placed.
const DELIVERED_BY: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Order {
    /// Until when (UTC) the buyer's data may be kept, where a channel lets them be kept for so long after delivery. Counted from the latest of
    /// what is known: the promised delivery, the last shipment or return, and where nothing is promised two weeks after the order. Never from
    /// when somebody looked, or looking would keep them for ever.
    pub fn buyer_kept_until(&self, after_delivery: SignedDuration) -> Timestamp {
        let placed = self.snapshot.placed_at;
        let promised = self.snapshot.lines.iter().filter_map(|line| line.terms.deliver_by.as_ref()).map(Due::latest).max();
        let usual = placed.checked_add(DELIVERED_BY).unwrap_or(Timestamp::MAX);
        let delivered = promised.unwrap_or(usual).max(placed);
        let moved = self.history.iter().filter(|event| event.is_of_goods()).map(|event| event.at).max();
        let from = moved.map_or(delivered, |moved| moved.max(delivered));
        from.checked_add(after_delivery).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
#[path = "buyer_tests.rs"]
mod tests;
