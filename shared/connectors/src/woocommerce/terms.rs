//! Amounts and payment of an order. The shop writes every line without tax, and the tax beside it, whatever the buyer was shown: where prices
//! include tax, the two are added up again, so that an invoice begins with what the buyer saw.

use crate::amounts::Amounts;
use crate::lenient::{self, Items, one};
use crate::woocommerce::wire::{self, Fee, Line, Order, PaidBack, ShippingLine};
use domain::{Money, OrderTerms, Pickup, SnapshotLine, UnreadableLine};
use rust_decimal::Decimal;

/// Ways to be sent that are none: the buyer comes to the shop.
const COLLECTED: [&str; 2] = ["local_pickup", "pickup_location"];
const YES_OR_NO: &str = "true or false";

/// Reads the amounts of one order.
pub(super) struct Terms {
    amounts: Amounts,
    /// Whether amounts are told with tax.
    with_tax: bool,
}

impl Terms {
    /// Of this order, and its terms as a whole. Where it does not say whether its prices include tax, its amounts stay as they are written:
    /// without.
    pub(super) fn of(order: &Order) -> (Self, OrderTerms) {
        let mut amounts = Amounts::new(order.currency.get().cloned());
        amounts.known(order.currency.given("currency", "the code of a currency, such as EUR"));
        let with_tax = amounts.known(order.prices_include_tax.given("prices_include_tax", YES_OR_NO)).flatten();
        let with_tax = with_tax.copied().unwrap_or(false);
        let mut terms = Self { amounts, with_tax };
        let of_order = terms.of_order(order);
        (terms, of_order)
    }

    /// Names what could not be read, of this line or of the order as a whole.
    pub(super) fn name(&mut self, line: Option<&SnapshotLine>, unreadable_lines: &mut Vec<UnreadableLine>) {
        self.amounts.name(line, unreadable_lines);
    }

    /// Puts a line's price and terms into it.
    pub(super) fn of_line(&mut self, line: &mut SnapshotLine, told: &Line) {
        let before = self.all_of((&told.subtotal, "subtotal"), (&told.subtotal_tax, "subtotal_tax"));
        let after = self.all_of((&told.total, "total"), (&told.total_tax, "total_tax"));
        let all = before.or(after);
        line.unit_price = all.and_then(|all| self.amounts.of(all, "subtotal")?.each_of(line.ordered));
        let off = before.zip(after).and_then(|(before, after)| before.checked_sub(after));
        line.terms.discount = off.and_then(|off| self.amounts.of(off, "total")?.above_nothing());
        line.terms.tax = self.amounts.money(&told.total_tax, "total_tax");
    }

    /// An amount as the prices are: with its tax, or without.
    fn all_of(
        &mut self,
        (net, name): (&lenient::Field<Decimal>, &str),
        (tax, tax_name): (&lenient::Field<Decimal>, &str),
    ) -> Option<Decimal> {
        let net = self.amounts.given(net, name);
        if !self.with_tax {
            return net;
        }
        let tax = self.amounts.given(tax, tax_name);
        net?.checked_add(tax?)
    }

    fn of_order(&mut self, order: &Order) -> OrderTerms {
        let shipping = self.all_of((&order.shipping_total, "shipping_total"), (&order.shipping_tax, "shipping_tax"));
        let date = self.amounts.known(order.date_paid_gmt.given("date_paid_gmt", "a date"));
        let paid_at = date.flatten().filter(|date| !date.is_empty()).and_then(|text| {
            let unreadable =
                |_| lenient::unreadable("date_paid_gmt", format!("a text of {} characters", text.chars().count()), "a date");
            self.amounts.known(wire::utc(text).map_err(unreadable))
        });
        let (fees, negative_fees) = self.fees(order).unwrap_or_default();
        OrderTerms {
            currency: self.amounts.currency().cloned(),
            prices_include_tax: Some(self.with_tax),
            // `discount_total` is the sum of what is off the lines.
            discount: None,
            shipping_price: shipping.and_then(|shipping| self.amounts.of(shipping, "shipping_total")),
            fees,
            negative_fees,
            tax: self.amounts.money(&order.total_tax, "total_tax"),
            total: self.amounts.money(&order.total, "total"),
            refunded: self.refunded(order),
            // The shop keeps the date of a payment as long as the order.
            paid: date.map(|date| date.is_some_and(|date| !date.is_empty())),
            paid_at,
            // What the shop lets nobody send has a status that claims nothing.
            unreleased: false,
            pickup: is_collected(order).then_some(Pickup::Merchant),
        }
    }

    /// What is charged by fees, and what is taken off or paid by those below zero.
    fn fees(&mut self, order: &Order) -> Option<(Option<Money>, Option<Money>)> {
        let lines = self.amounts.known(order.fee_lines.given("fee_lines", "a list"))??;
        let (mut above, mut below) = (Decimal::ZERO, Decimal::ZERO);
        for fee in each::<Fee>(lines) {
            let fee = self.all_of((&fee.total, "fee_lines.total"), (&fee.total_tax, "fee_lines.total_tax"))?;
            let sum = if fee < Decimal::ZERO { &mut below } else { &mut above };
            *sum = sum.checked_add(fee.abs())?;
        }
        let mut of = |sum| self.amounts.of(sum, "fee_lines").and_then(Money::above_nothing);
        Some((of(above), of(below)))
    }

    fn refunded(&mut self, order: &Order) -> Option<Money> {
        // That they are a list is asked where units are counted.
        let lines = order.refunds.get()?;
        let mut sum = Decimal::ZERO;
        for refund in each::<PaidBack>(lines) {
            sum = sum.checked_sub(self.amounts.given(&refund.total, "refunds.total")?)?;
        }
        self.amounts.of(sum, "refunds")?.above_nothing()
    }
}

/// Every part of a list. What is none tells no amount, and then the sum is not known.
fn each<T: serde::de::DeserializeOwned + Default>(list: &Items) -> impl Iterator<Item = T> {
    list.0.iter().map(|json| one(json).unwrap_or_default())
}

fn is_collected(order: &Order) -> bool {
    let lines = order.shipping_lines.get().into_iter().flat_map(Items::readable::<ShippingLine>);
    let mut methods = lines.map(|line| line.method_id.text().to_owned()).peekable();
    methods.peek().is_some() && methods.all(|method| COLLECTED.contains(&method.as_str()))
}
