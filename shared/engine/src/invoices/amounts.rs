//! What the units of a parcel come to. An order's prices, discounts and costs are of all of it; over its parcels they come to that, to the
//! cent: each takes what is due up to it, less what was due up to the one before.

use super::problem::{Done, refuse};
use super::wanted::Parcel;
use crate::rows::{ConnectionInvoices, NegativeFees};
use domain::invoice::{ChargeKind, Discount};
use domain::{Currency, Fulfilment, LineKind, Money, Order, Quantity, SnapshotLine};
use rust_decimal::{Decimal, RoundingStrategy};

/// What a line of a parcel comes to, in the order's currency, with or without tax as the order says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineAmounts {
    /// Before discounts.
    pub(crate) listed: Decimal,
    /// The line's own discount.
    pub(crate) discount: Decimal,
    /// The price of one.
    pub(crate) unit: Decimal,
}

/// What is on a parcel's invoice beside the lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    /// Discounts on the order.
    pub(crate) discounts: Vec<Discount>,
    /// What follows the goods: kind, the channel's name for it, amount.
    pub(crate) charges: Vec<(ChargeKind, Option<String>, Decimal)>,
}

/// To cents, half away from zero.
pub(crate) fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// The currency of an order.
pub(crate) fn currency(order: &Order) -> Done<Currency> {
    let of_lines = || order.snapshot.lines.iter().find_map(|line| line.unit_price.as_ref()).map(|price| price.currency.clone());
    match order.snapshot.terms.currency.clone().or_else(of_lines) {
        Some(currency) => Ok(currency),
        None => refuse("no_currency", &[], "the channel tells no currency of the order; invoice it by hand, and dismiss this"),
    }
}

/// An amount of the order, in its currency.
pub(crate) fn amount(money: Option<&Money>, currency: &Currency) -> Done<Decimal> {
    match money {
        None => Ok(Decimal::ZERO),
        Some(money) if money.currency == *currency => Ok(money.amount),
        Some(money) => {
            let (one, other) = (currency.as_str(), money.currency.as_str());
            refuse(
                "two_currencies",
                &[("one", one), ("other", other)],
                format!("amounts of the order are in {one} and in {other}"),
            )
        }
    }
}

/// What so many units of a line come to, its discount off: before and after rounding they are the same for all units.
fn up_to(line: &SnapshotLine, units: Quantity, currency: &Currency) -> Done<(Decimal, Decimal)> {
    let Some(price) = &line.unit_price else {
        let message = format!("the channel tells no price of line {}; invoice the order by hand, and dismiss this", line.id);
        return refuse("no_price", &[("line", line.id.as_str())], message);
    };
    let price = amount(Some(price), currency)?;
    let discount = amount(line.terms.discount.as_ref(), currency)?;
    let all = Decimal::from(line.ordered.units().max(1));
    let count = Decimal::from(units.units());
    let share = discount.checked_mul(count).and_then(|off| off.checked_div(all)).unwrap_or(discount);
    Ok((cents(price.saturating_mul(count)), cents(share)))
}

/// What a line of the parcel comes to.
pub(crate) fn of_line(line: &SnapshotLine, parcel: &Parcel, currency: &Currency) -> Done<LineAmounts> {
    let before = parcel.units_before(&line.id);
    let (listed_before, off_before) = up_to(line, before, currency)?;
    let (listed, off) = up_to(line, before.plus(parcel.units(&line.id)), currency)?;
    let unit = amount(line.unit_price.as_ref(), currency)?;
    Ok(LineAmounts { listed: listed - listed_before, discount: off - off_before, unit })
}

/// What is on its invoice beside the lines.
pub(crate) fn beside(order: &Order, parcel: &Parcel, currency: &Currency, says: &ConnectionInvoices) -> Done<Beside> {
    let terms = &order.snapshot.terms;
    let mut beside = Beside::default();
    let mut discount = share_of_discount(order, parcel, currency)?;
    let taken_off = match says.negative_fees {
        NegativeFees::Discount => amount(terms.negative_fees.as_ref(), currency)?,
        NegativeFees::GiftCard => Decimal::ZERO,
        NegativeFees::Ask => asked_about(order, currency)?,
    };
    discount += share_of(order, parcel, currency, taken_off)?;
    if parcel.is_first() {
        let fees = amount(terms.fees.as_ref(), currency)?;
        let shipping = amount(terms.shipping_price.as_ref(), currency)?;
        beside.charges.push((ChargeKind::Shipping, None, shipping));
        beside.charges.push((ChargeKind::Other, None, fees));
        for line in order.snapshot.lines.iter().filter(|line| line.kind == LineKind::Charge) {
            let (listed, off) = up_to(line, line.ordered.less(line.cancelled), currency)?;
            if listed != off && !says.charges_follow_goods {
                let (id, title) = (line.id.as_str(), line.title.as_str());
                let message = format!(
                    "line {id} ({title}) is an amount without goods: a cost that follows the goods, or a gift card, which has no VAT. Say that such \
                     lines follow the goods (charges_follow_goods), or invoice the order by hand, and dismiss this"
                );
                return refuse("charge_line_unclear", &[("line", id), ("title", title)], message);
            }
            beside.charges.push((
                ChargeKind::Other,
                Some(line.title.chars().filter(|c| !domain::breaks_a_line(*c)).collect()),
                listed - off,
            ));
        }
    }
    beside.charges.retain(|(_, _, amount)| !amount.is_zero());
    beside.discounts.extend((!discount.is_zero()).then_some(Discount { amount: discount, lines: None }));
    Ok(beside)
}

/// Nothing, or an order that waits until a person says what its fees below zero are.
fn asked_about(order: &Order, currency: &Currency) -> Done<Decimal> {
    let fees = amount(order.snapshot.terms.negative_fees.as_ref(), currency)?;
    if fees.is_zero() {
        return Ok(fees);
    }
    let message = format!(
        "the order has fees below zero, {fees} together: a discount lowers the VAT, a gift card or store credit only pays. Say which they are on \
         this connection (negative_fees = \"discount\" or \"gift_card\"), or invoice the order by hand, and dismiss this"
    );
    refuse("negative_fees_unclear", &[("amount", &fees.to_string())], message)
}

/// The order's discount as far as it falls on this parcel: in proportion to what its goods cost.
fn share_of_discount(order: &Order, parcel: &Parcel, currency: &Currency) -> Done<Decimal> {
    share_of(order, parcel, currency, amount(order.snapshot.terms.discount.as_ref(), currency)?)
}

/// Of what is taken off the order, what falls on this parcel.
fn share_of(order: &Order, parcel: &Parcel, currency: &Currency, discount: Decimal) -> Done<Decimal> {
    if discount.is_zero() {
        return Ok(discount);
    }
    let (mut all, mut before, mut after) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for line in order.snapshot.lines.iter().filter(|line| line.kind != LineKind::Charge) {
        let net = |units| up_to(line, units, currency).map(|(listed, off)| listed - off);
        let was = parcel.units_before(&line.id);
        all += net(line.ordered)?;
        before += net(was)?;
        after += net(was.plus(parcel.units(&line.id)))?;
    }
    let share = |part: Decimal| cents(discount.saturating_mul(part).checked_div(all).unwrap_or_default());
    Ok(share(after) - share(before))
}

/// Whether the line is sent by the marketplace from its own warehouse.
pub(crate) fn is_of_marketplace(line: &SnapshotLine) -> bool {
    line.fulfilment == Fulfilment::Marketplace
}
