//! Amounts and payment of an order, in the shop's own currency; what the buyer saw in another is not read. Both ways of telling an order fill
//! these facts, so that one state always gives the same amounts.

use crate::amounts::Amounts;
use crate::lenient::{Field, FromWire};
use domain::{Currency, Money, OrderTerms};
use rust_decimal::Decimal;

/// The names of the fields, for people: those of GraphQL, whichever way they came.
pub(super) const UNIT_PRICE: &str = "originalUnitPriceSet";
const DISCOUNTS: &str = "discountAllocations";

/// What begins a text that stands for something which cannot be read (`mend`).
pub(super) const ODD: &str = "? ";

/// An amount as told.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub(super) amount: Field<Decimal>,
    pub(super) currency: Field<Currency>,
}

impl Told {
    /// As GraphQL has it, in texts.
    pub(super) fn texts(amount: &str, currency: &str) -> Self {
        Self { amount: text(amount), currency: text(currency) }
    }

    /// Something else stands there; how that looks to people.
    pub(super) fn odd(shown: &str) -> Self {
        Self { amount: Field::Odd(shown.to_owned()), currency: Field::Missing }
    }

    /// Whether it is nothing, for sure.
    pub(super) fn is_nothing(&self) -> bool {
        self.amount.get().is_some_and(Decimal::is_zero)
    }

    /// As money. Beside an amount in another currency it says nothing.
    pub(super) fn money(&self, amounts: &mut Amounts, name: &str) -> Option<Money> {
        amounts.known(self.currency.given(name, "an amount with the code of its currency"))?;
        let foreign = self.currency.get().is_some_and(|currency| amounts.currency() != Some(currency));
        if foreign { None } else { amounts.money(&self.amount, name) }
    }
}

fn text<T: FromWire>(text: &str) -> Field<T> {
    if let Some(shown) = text.strip_prefix(ODD) {
        return Field::Odd(shown.to_owned());
    }
    let json = serde_json::Value::from(text).to_string();
    T::from_wire(&json).map_or_else(|| Field::Odd(crate::lenient::shown(&json)), Field::Read)
}

/// Of an order as a whole.
#[derive(Debug, Default)]
pub(super) struct TermsFacts {
    pub(super) taxes_included: Field<bool>,
    pub(super) paid: Option<bool>,
    /// What the buyer pays.
    pub(super) total: Told,
    pub(super) tax: Told,
    /// Before discounts.
    pub(super) shipping: Told,
    /// What of each discount is off shipping.
    pub(super) off_shipping: Vec<Told>,
}

impl TermsFacts {
    /// The currency of its amounts.
    pub(super) fn currency(&self) -> Option<Currency> {
        [&self.total, &self.tax, &self.shipping].into_iter().find_map(|told| told.currency.get()).cloned()
    }

    /// What it says, and whether it cannot be read.
    pub(super) fn read(&self, amounts: &mut Amounts) -> OrderTerms {
        let shipping = self.shipping.money(amounts, "totalShippingPriceSet");
        let off = off(&self.off_shipping, amounts);
        let shipping_price = shipping.zip(off).and_then(|(price, off)| Money::told(price.amount - off.amount, &price.currency));
        OrderTerms {
            currency: amounts.currency().cloned(),
            prices_include_tax: amounts.known(self.taxes_included.given("taxesIncluded", "true or false")).flatten().copied(),
            // Every discount, those of the whole order too, is allocated to lines and shipping.
            discount: None,
            shipping_price,
            tax: self.tax.money(amounts, "totalTaxSet"),
            total: self.total.money(amounts, "totalPriceSet"),
            paid: self.paid,
            ..OrderTerms::default()
        }
    }
}

/// All that is off a line. `None`: it cannot be told.
pub(super) fn off(discounts: &[Told], amounts: &mut Amounts) -> Option<Money> {
    let mut sum = Decimal::ZERO;
    for discount in discounts {
        sum = sum.checked_add(discount.money(amounts, DISCOUNTS)?.amount)?;
    }
    amounts.of(sum, DISCOUNTS)
}
