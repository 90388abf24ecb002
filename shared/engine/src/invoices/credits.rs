//! Credit notes: what was cancelled after it was invoiced, what came back, and what was paid back besides.

use super::amounts::{cents, currency};
use super::compose::{gift_card, invoiced, payment, sound};
use super::gather::Facts;
use super::problem::{Done, refuse};
use super::wanted::{documented, to_credit};
use crate::Ports;
use crate::rows::{OrderDocument, SoldThere};
use domain::invoice::{ChargeKind, Content, Credited, Document, DocumentKind, Refund, credit_note};
use domain::{LineKind, LineUnits, OrderLineId, Quantity};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A credit note that is made, but for its number.
pub(crate) struct Credit {
    /// Our mark of the refund.
    pub(crate) mark: String,
    /// Place of the invoice among the order's documents.
    pub(crate) of: usize,
    /// Units in it.
    pub(crate) lines: Vec<LineUnits>,
    /// What it says.
    pub(crate) content: Content,
}

/// What is to be credited of one invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Share {
    of: usize,
    lines: Vec<LineUnits>,
    amount: Option<Decimal>,
}

/// The next credit note that the order wants, if it wants any: one at a time, for each is reckoned from those before it.
pub(crate) async fn next(world: &Ports, facts: &Facts<'_>) -> Done<Option<Credit>> {
    let Some(share) = share(facts)? else { return Ok(None) };
    let documents = &facts.documents.documents;
    let Some(invoice) = documents.get(share.of) else { return Ok(None) };
    let Some(invoice) = facts.document(world, invoice).await? else { return Ok(None) };
    let mut earlier: Vec<Document> = Vec::new();
    for one in documents.iter().filter(|one| one.credits == Some(share.of)) {
        earlier.extend(facts.document(world, one).await?);
    }
    let mark = format!("refund-{}", documents.len() + 1);
    let credited = Credited { number: invoice.number.clone(), issued_on: invoice.issued_on, refund: mark.clone(), because: None };
    let note = |refund: &Refund, payments| credit_note(&invoice, &earlier, refund, credited.clone(), payments);
    let charges = charges_left(&invoice, &earlier);
    let refund = refund(&share, left(documents, share.of), &charges, |refund| note(refund, Vec::new()).is_ok());
    let unpaid = note(&refund, Vec::new())?;
    let was_paid = !invoice.content.payments.is_empty();
    let paid = || vec![payment(facts.terms().map_or(SoldThere::OwnShop, |terms| terms.sold_on), unpaid.totals.gross)];
    let content = if was_paid { note(&refund, paid())? } else { unpaid };
    sound(&content)?;
    let units = content.lines.iter().filter(|line| !line.quantity.is_zero());
    let lines = units.map(|line| LineUnits { line: line.id.clone(), units: line.quantity }).collect();
    Ok(Some(Credit { mark, of: share.of, lines, content }))
}

/// The share as the domain knows it. All that is left of an invoice goes as that; money beyond what the units cost, for costs that were paid back
/// with them, by itself at the next look. Money for no units that is what is left of shipping or other costs is for these.
fn refund(share: &Share, left: Decimal, charges: &[(ChargeKind, Decimal)], fits: impl Fn(&Refund) -> bool) -> Refund {
    let lines: BTreeMap<OrderLineId, Quantity> = share.lines.iter().map(|one| (one.line.clone(), one.units)).collect();
    let of = |amount| Refund::Of { lines: lines.clone(), charges: Vec::new(), amount };
    match share.amount {
        Some(amount) if amount >= left => Refund::All,
        Some(amount) if share.lines.is_empty() => match charges.iter().find(|(_, left)| *left == amount) {
            Some((kind, _)) => Refund::Of { lines: BTreeMap::new(), charges: vec![*kind], amount: Some(amount) },
            None => Refund::Amount(amount),
        },
        Some(amount) if fits(&of(Some(amount))) => of(Some(amount)),
        _ => of(None),
    }
}

/// What is left of each kind of costs of an invoice, with VAT.
fn charges_left(invoice: &Document, earlier: &[Document]) -> Vec<(ChargeKind, Decimal)> {
    let mut left: Vec<(ChargeKind, Decimal)> = Vec::new();
    let of = |document: &Document| document.content.charges.iter().map(|one| (one.kind, one.gross)).collect::<Vec<_>>();
    let credited = earlier.iter().flat_map(of).map(|(kind, gross)| (kind, -gross));
    for (kind, gross) in of(invoice).into_iter().chain(credited) {
        match left.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, sum)) => *sum += gross,
            None => left.push((kind, gross)),
        }
    }
    left
}

/// What is left of each invoice, with VAT.
fn left(documents: &[OrderDocument], at: usize) -> Decimal {
    let gross = documents.get(at).map_or(Decimal::ZERO, |one| one.gross);
    gross - documents.iter().filter(|one| one.credits == Some(at)).map(|one| one.gross).sum::<Decimal>()
}

/// Units of a line that are left of an invoice.
fn units_left(documents: &[OrderDocument], at: usize, line: &OrderLineId) -> Quantity {
    let of = |one: &OrderDocument| documented(std::slice::from_ref(one), one.kind, line);
    let invoiced = documents.get(at).map_or(Quantity::ZERO, of);
    invoiced.less(documents.iter().filter(|one| one.credits == Some(at)).map(of).sum())
}

/// What is credited next: units first, of the oldest invoice that has them; then money that was paid back for none.
fn share(facts: &Facts<'_>) -> Done<Option<Share>> {
    let documents = &facts.documents.documents;
    let is_ours = |at: &usize| documents.get(*at).is_some_and(|one| one.kind == DocumentKind::Invoice && one.issued.is_some());
    let invoices: Vec<usize> = (0..documents.len()).filter(is_ours).collect();
    let wanted = to_credit(&facts.order, documents);
    let money = money_to_credit(facts);
    for at in &invoices {
        let take =
            |one: &LineUnits| LineUnits { line: one.line.clone(), units: one.units.min(units_left(documents, *at, &one.line)) };
        let lines: Vec<LineUnits> = wanted.iter().map(take).filter(|one| !one.units.is_zero()).collect();
        if lines.is_empty() {
            continue;
        }
        return Ok(match money {
            // The channel tells what is paid back, and that is credited: nothing more is.
            Some(money) if money.is_zero() => None,
            Some(money) => {
                let all = wanted.iter().map(|one| one.units).sum::<Quantity>() == lines.iter().map(|one| one.units).sum();
                let amount = Some(money.min(left(documents, *at))).filter(|amount| all && *amount > Decimal::ZERO);
                Some(Share { of: *at, lines, amount })
            }
            None => Some(Share { of: *at, lines, amount: None }),
        });
    }
    let Some(money) = money.filter(|money| *money > Decimal::ZERO && !invoices.is_empty()) else {
        return agreed(facts, documents).map(|()| None);
    };
    let Some(at) = invoices.into_iter().find(|at| left(documents, *at) > Decimal::ZERO) else {
        let message = format!(
            "the channel tells {money} more paid back than was invoiced, and all that was invoiced is credited: look on the channel what it was for"
        );
        return refuse("refund_beyond_invoices", &[("amount", &money.to_string())], message);
    };
    Ok(Some(Share { of: at, lines: Vec::new(), amount: Some(money.min(left(documents, at))) }))
}

/// Whether invoices of all that was ordered still come to what the channel tells for the order. They did when they were issued: one that was changed
/// there since, by as many units, has an invoice that says something else, and nobody here knows what it is to be.
fn agreed(facts: &Facts<'_>, documents: &[OrderDocument]) -> Done<()> {
    let (order, is_ours) = (&facts.order, |one: &OrderDocument| one.kind == DocumentKind::Invoice && one.issued.is_some());
    let is_whole = |line: &domain::SnapshotLine| {
        let invoiced = documented(documents, DocumentKind::Invoice, &line.id);
        line.kind == LineKind::Charge || (line.cancelled.is_zero() && invoiced == line.ordered)
    };
    let Some(total) = &order.snapshot.terms.total else { return Ok(()) };
    if !documents.iter().any(is_ours) || !order.snapshot.lines.iter().all(is_whole) {
        return Ok(());
    }
    let (ours, told) = (invoiced(facts), cents(total.amount) + gift_card(facts, &currency(order)?)?);
    if ours == told {
        return Ok(());
    }
    let (ours, told) = (ours.to_string(), told.to_string());
    let message = format!(
        "the channel tells {told} for the order, and its invoices come to {ours}: it was changed there after it was invoiced. Put it right on the \
         channel, pay the difference back there so that it is credited, or correct the invoice by hand and dismiss this"
    );
    refuse("amounts_changed", &[("ours", &ours), ("told", &told)], message)
}

/// What the channel says was paid back and is on no credit note yet. `None`: it does not tell, or not all of the order is invoiced, so that what was
/// paid back may be for what never will be.
fn money_to_credit(facts: &Facts<'_>) -> Option<Decimal> {
    let (order, documents) = (&facts.order, &facts.documents.documents);
    let terms = &order.snapshot.terms;
    let (refunded, total) = (terms.refunded.as_ref()?, terms.total.as_ref()?);
    let is_invoiced = |line: &domain::SnapshotLine| {
        line.kind == LineKind::Charge
            || documented(documents, DocumentKind::Invoice, &line.id) >= line.ordered.less(line.cancelled)
    };
    if !order.snapshot.lines.iter().all(is_invoiced) {
        return None;
    }
    let sum = |kind: DocumentKind| documents.iter().filter(|one| one.kind == kind).map(|one| one.gross).sum::<Decimal>();
    let never = (total.amount - sum(DocumentKind::Invoice)).max(Decimal::ZERO);
    Some((refunded.amount - never - sum(DocumentKind::CreditNote)).max(Decimal::ZERO))
}
