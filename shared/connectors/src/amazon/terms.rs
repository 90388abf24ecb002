//! Amounts and dates of an order. In the stores of Europe the buyer's price holds the VAT; where a line's parts add up to its total only with its tax,
//! they do not, and that is told on. What is off the price of sending is taken off that.

use super::snapshot::Stage;
use super::wire::{Breakdown, Detail, Line, Money, Order, OrderFulfilment};
use crate::amounts::Amounts;
use crate::lenient::{Field, Items, Parts, one};
use domain::{Currency, Due, OrderTerms, SnapshotLine};
use rust_decimal::Decimal;

/// What a date must be.
const INSTANT: &str = "an instant, such as 2026-12-03T17:00:00Z";
/// What an amount must be.
const MONEY: &str = "an amount with its currency";

/// What the buyer pays beside the goods, over all lines.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beside {
    shipping: Option<Decimal>,
    fees: Option<Decimal>,
    /// Some line adds up only with its tax.
    without_tax: bool,
}

/// The currency of an order's amounts: of its total, or of the first price. While it is pending it has none.
pub(super) fn currency(order: &Order, items: &Items) -> Option<Currency> {
    let of = |money: &Field<Parts<Money>>| money.get().and_then(|money| money.0.currency_code.get()).cloned();
    let total = order.proceeds.get().and_then(|proceeds| of(&proceeds.0.grand_total));
    let price = |line: Line| of(&line.product.get()?.0.price.get()?.0.unit_price);
    total.or_else(|| items.readable::<Line>().find_map(price))
}

/// An amount, in the order's currency.
fn amount(field: &Field<Parts<Money>>, name: &str, amounts: &mut Amounts) -> Option<Decimal> {
    let money = &amounts.known(field.given(name, MONEY))??.0;
    let currency = amounts.known(money.currency_code.given(&format!("{name}.currencyCode"), "the code of a currency"))?;
    if let (Some(own), Some(all)) = (currency, amounts.currency().cloned())
        && *own != all
    {
        let odd = crate::lenient::unreadable(&format!("{name}.currencyCode"), own.as_str(), "the currency of the order");
        return amounts.known(Err(odd));
    }
    amounts.given(&money.amount, &format!("{name}.amount"))
}

/// The parts of what a line brings in, by what they are for.
#[derive(Default)]
struct Parted {
    item: Decimal,
    shipping: Decimal,
    fees: Decimal,
    tax: Option<Decimal>,
    off_item: Decimal,
    off_shipping: Decimal,
}

impl Parted {
    fn of(breakdowns: &Items, amounts: &mut Amounts) -> Self {
        let mut all = Self::default();
        for json in &breakdowns.0 {
            let part: Breakdown = one(json).unwrap_or_default();
            let kind = amounts.known(part.kind.needed("proceeds.breakdowns.type", "what the part is for").cloned());
            let Some(sum) = amount(&part.subtotal, "proceeds.breakdowns.subtotal", amounts) else { continue };
            match kind.as_deref() {
                Some("ITEM") => all.item += sum,
                Some("SHIPPING") => all.shipping += sum,
                Some("TAX") => all.tax = Some(all.tax.unwrap_or_default() + sum),
                Some("DISCOUNT") => {
                    // Written with or without a sign.
                    let of_shipping = of_shipping(&part, amounts).abs().min(sum.abs());
                    all.off_shipping += of_shipping;
                    all.off_item += sum.abs() - of_shipping;
                }
                Some(_) => all.fees += sum,
                None => {}
            }
        }
        all
    }

    fn sum(&self) -> Decimal {
        self.item + self.shipping + self.fees - self.off_item - self.off_shipping
    }
}

/// What of a discount is off the price of sending.
fn of_shipping(part: &Breakdown, amounts: &mut Amounts) -> Decimal {
    let Some(details) = part.detailed_breakdowns.get() else { return Decimal::ZERO };
    let details = details.readable::<Detail>().filter(|detail| detail.subtype.text() == "SHIPPING").collect::<Vec<_>>();
    let name = "proceeds.breakdowns.detailedBreakdowns.value";
    details.iter().filter_map(|detail| amount(&detail.value, name, amounts)).sum()
}

/// Puts a line's price and terms into it.
pub(super) fn of_line(line: &mut SnapshotLine, item: &Line, order: &OrderFulfilment, beside: &mut Beside, amounts: &mut Amounts) {
    let by = |window: &Field<Parts<super::wire::Window>>, name: &str, amounts: &mut Amounts| {
        let window = amounts.known(window.given(name, "a window of time"))??;
        let latest = window.0.latest_date_time.given(&format!("{name}.latestDateTime"), INSTANT);
        amounts.known(latest).flatten().copied().map(Due::At)
    };
    line.terms.ship_by = by(&order.ship_by_window, "fulfillment.shipByWindow", amounts);
    line.terms.deliver_by = by(&order.deliver_by_window, "fulfillment.deliverByWindow", amounts);
    let product = amounts.known(item.product.given("product", "a product")).flatten();
    let price = product.and_then(|product| amounts.known(product.0.price.given("product.price", "a price")).flatten());
    let each = price.and_then(|price| amount(&price.0.unit_price, "product.price.unitPrice", amounts));
    line.unit_price = each.and_then(|each| amounts.of(each, "product.price.unitPrice"));
    let Some(proceeds) = amounts.known(item.proceeds.given("proceeds", "amounts")).flatten() else { return };
    let total = amount(&proceeds.0.proceeds_total, "proceeds.proceedsTotal", amounts);
    let parts = amounts.known(proceeds.0.breakdowns.given("proceeds.breakdowns", "a list")).flatten();
    let Some(parts) = parts.map(|parts| Parted::of(parts, amounts)) else { return };
    line.terms.discount = amounts.of(parts.off_item, "proceeds.breakdowns").and_then(domain::Money::above_nothing);
    line.terms.tax = parts.tax.and_then(|tax| amounts.of(tax, "proceeds.breakdowns"));
    let add = |to: &mut Option<Decimal>, sum: Decimal| {
        if !sum.is_zero() {
            *to = Some(to.unwrap_or_default() + sum);
        }
    };
    add(&mut beside.shipping, parts.shipping - parts.off_shipping);
    add(&mut beside.fees, parts.fees);
    let tax = parts.tax.unwrap_or_default();
    beside.without_tax |= !tax.is_zero() && total.is_some_and(|total| parts.sum() + tax == total);
}

/// The terms of the order as a whole.
pub(super) fn of_order(order: &Order, stage: Stage, beside: Beside, amounts: &mut Amounts) -> OrderTerms {
    let _ = amounts.known(order.last_updated_time.given("lastUpdatedTime", INSTANT));
    let proceeds = amounts.known(order.proceeds.given("proceeds", "amounts")).flatten();
    let total = proceeds.and_then(|proceeds| amount(&proceeds.0.grand_total, "proceeds.grandTotal", amounts));
    OrderTerms {
        currency: amounts.currency().cloned(),
        prices_include_tax: Some(!beside.without_tax),
        shipping_price: beside.shipping.and_then(|sum| amounts.of(sum, "proceeds.breakdowns")),
        fees: beside.fees.and_then(|sum| amounts.of(sum, "proceeds.breakdowns")),
        total: total.and_then(|sum| amounts.of(sum, "proceeds.grandTotal")),
        paid: match stage {
            Stage::Pending => Some(false),
            Stage::Released => Some(true),
            Stage::Cancelled | Stage::Untold => None,
        },
        unreleased: stage == Stage::Pending,
        ..OrderTerms::default()
    }
}
