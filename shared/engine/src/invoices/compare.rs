//! An invoice held against what the channel tells of the order, before it is issued.

use super::amounts::{amount, cents, currency, of_line};
use super::compose::{gift_card, invoiced};
use super::gather::Facts;
use super::problem::{Done, refuse};
use super::wanted::Parcel;
use domain::invoice::{Content, PriceBasis};
use domain::{LineKind, SnapshotLine};
use rust_decimal::Decimal;

/// Cents by which a shop's VAT of a line may differ from ours.
const DRIFT_PER_LINE: i64 = 2;

/// Thousandths of a unit of currency by which it may differ for each unit: it may round per unit.
const DRIFT_PER_UNIT: i64 = 5;

/// What the buyer paid is fixed: where all of the order is on invoices with this one, these must come to what the channel tells for it. The VAT of
/// each line must be what the channel charged, or a class or a rate is wrong here or there. Answers the channel's VAT of the whole where it
/// differs all the same: it spread a voucher or costs over the rates in another way.
pub(crate) fn compare(facts: &Facts<'_>, parcel: &Parcel, content: &Content, earlier: Decimal) -> Done<Option<Decimal>> {
    let lines_agree = lines(facts, parcel, content)?;
    let units = |line: &SnapshotLine| parcel.units_before(&line.id).plus(parcel.units(&line.id));
    let covers = |line: &SnapshotLine| line.kind == LineKind::Charge || units(line) == line.ordered;
    if !facts.order.snapshot.lines.iter().all(covers) {
        return Ok(None);
    }
    total(facts, content, earlier)?;
    let tax = facts.order.snapshot.terms.tax.as_ref().filter(|_| parcel.is_first()).map(|tax| cents(tax.amount));
    let count = i64::try_from(content.lines.len() + content.charges.len()).unwrap_or(i64::MAX);
    let most = Decimal::new(DRIFT_PER_LINE.saturating_mul(count), 2);
    match tax.filter(|tax| (tax - content.totals.vat).abs() > most) {
        Some(told) if lines_agree => Ok(Some(told)),
        Some(told) => differs(content.totals.vat, told),
        None => Ok(None),
    }
}

fn total(facts: &Facts<'_>, content: &Content, earlier: Decimal) -> Done<()> {
    let Some(total) = &facts.order.snapshot.terms.total else { return Ok(()) };
    let ours = invoiced(facts) + earlier + content.totals.gross;
    // What a gift card paid, the channel has taken off.
    let told = cents(total.amount) + gift_card(facts, &content.currency)?;
    if told == ours {
        return Ok(());
    }
    let (ours, told) = (ours.to_string(), told.to_string());
    let message =
        format!("the invoices come to {ours}, and the channel tells {told} for the order; what the buyer paid is fixed");
    refuse("paid_differs", &[("ours", &ours), ("told", &told)], message)
}

/// Holds each line's VAT against the channel's. Answers whether the channel told it of all of them.
fn lines(facts: &Facts<'_>, parcel: &Parcel, content: &Content) -> Done<bool> {
    let goods = facts.order.snapshot.lines.iter().filter(|line| !parcel.units(&line.id).is_zero());
    let off = taken_off(facts)?;
    let mut all = true;
    for line in goods {
        match &line.terms.tax {
            Some(told) => {
                let ordered = Decimal::from(line.ordered.units().max(1));
                let units = Decimal::from(parcel.units(&line.id).units());
                let told = told.amount.saturating_mul(units).checked_div(ordered).unwrap_or(told.amount);
                let ours = vat_of(parcel, content, line)?;
                let drift = Decimal::new(DRIFT_PER_LINE, 2).max(units.saturating_mul(Decimal::new(DRIFT_PER_UNIT, 3)));
                // A discount on the order may be in what the channel reckoned, or not.
                let least = ours.saturating_mul(Decimal::ONE - off);
                if told > ours + drift || told < least - drift {
                    return differs(cents(ours), cents(told));
                }
            }
            None => all = false,
        }
    }
    Ok(all)
}

/// The VAT of a line before discounts on the order, at the rate of the invoice.
fn vat_of(parcel: &Parcel, content: &Content, line: &SnapshotLine) -> Done<Decimal> {
    let amounts = of_line(line, parcel, &content.currency)?;
    let amount = amounts.listed - amounts.discount;
    let taxed = content.lines.iter().find(|one| one.id == line.id).map(|one| one.taxed.rate);
    let rate = taxed.unwrap_or_default();
    let of = match content.prices {
        PriceBasis::Gross => Decimal::ONE_HUNDRED + rate,
        PriceBasis::Net => Decimal::ONE_HUNDRED,
    };
    Ok(amount.saturating_mul(rate).checked_div(of).unwrap_or_default())
}

/// The part of the goods' price that is taken off the order as a whole: from 0 to 1.
fn taken_off(facts: &Facts<'_>) -> Done<Decimal> {
    let (order, terms) = (&facts.order, &facts.order.snapshot.terms);
    let currency = currency(order)?;
    let off = amount(terms.discount.as_ref(), &currency)? + amount(terms.negative_fees.as_ref(), &currency)?;
    let goods: Decimal = order
        .snapshot
        .lines
        .iter()
        .filter_map(|line| Some(line.unit_price.as_ref()?.amount.saturating_mul(Decimal::from(line.ordered.units()))))
        .sum();
    Ok(off.checked_div(goods).unwrap_or_default().clamp(Decimal::ZERO, Decimal::ONE))
}

fn differs<T>(ours: Decimal, told: Decimal) -> Done<T> {
    let (ours, told) = (ours.to_string(), told.to_string());
    let message = format!(
        "the channel charged {told} of VAT, and by the settings it is {ours}: look at the products' classes, the rates and the registrations"
    );
    refuse("tax_differs", &[("ours", &ours), ("told", &told)], message)
}
