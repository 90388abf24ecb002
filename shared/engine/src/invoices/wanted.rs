//! Which units of an order want an invoice or a credit note: what it shipped and got back, less what its documents say already. So the same order looked at
//! twice wants nothing the second time.

use crate::rows::{ConnectionInvoices, InvoicePer, InvoiceWhen, OrderDocument, SoldThere};
use domain::invoice::DocumentKind;
use domain::{
    ChannelSync, Fulfilment, LineKind, LineUnits, LocationId, Order, OrderLineId, Quantity, ReturnResolution, SnapshotLine,
};

/// Shipments that are invoiced at one look: all rows of it go into one transaction.
const MOST_AT_ONCE: usize = 8;

/// What one invoice is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parcel {
    /// Its mark: the shipment's, or one of ours.
    pub(crate) mark: String,
    /// Whether `mark` is that of a shipment the merchant entered.
    pub(crate) is_entered: bool,
    /// Where it left, if it was entered.
    pub(crate) location: Option<LocationId>,
    /// Units in it.
    pub(crate) lines: Vec<LineUnits>,
    /// Units invoiced before it, by line.
    pub(crate) before: Vec<LineUnits>,
}

impl Parcel {
    /// Units of a line.
    pub(crate) fn units(&self, line: &OrderLineId) -> Quantity {
        units_in(&self.lines, line)
    }

    /// Units of a line that were invoiced before.
    pub(crate) fn units_before(&self, line: &OrderLineId) -> Quantity {
        units_in(&self.before, line)
    }

    /// Whether it is the order's first invoice: shipping costs and fees are on it.
    pub(crate) fn is_first(&self) -> bool {
        self.before.iter().all(|one| one.units.is_zero())
    }
}

fn units_in(lines: &[LineUnits], line: &OrderLineId) -> Quantity {
    lines.iter().filter(|one| one.line == *line).map(|one| one.units).sum()
}

/// Units of a line in documents of a kind.
pub(crate) fn documented(documents: &[OrderDocument], kind: DocumentKind, line: &OrderLineId) -> Quantity {
    documents.iter().filter(|one| one.kind == kind).map(|one| units_in(&one.lines, line)).sum()
}

/// Whether anything of it may be invoiced yet. On a marketplace, which takes the money, what is not paid may still fail, and often has no prices.
pub(crate) fn has_begun(order: &Order, terms: &ConnectionInvoices) -> bool {
    if terms.sold_on == SoldThere::Marketplace && order.snapshot.terms.paid == Some(false) {
        return false;
    }
    match terms.when {
        InvoiceWhen::Ordered => true,
        InvoiceWhen::Paid => order.snapshot.terms.paid == Some(true),
        InvoiceWhen::Shipped => order.snapshot.lines.iter().any(|line| !sent(order, line).is_zero()) || is_sent(order),
    }
}

/// Units of a line that left, by the channel's word or the merchant's parcels, whichever is more.
pub(crate) fn sent(order: &Order, line: &SnapshotLine) -> Quantity {
    line.shipped.max(order.sent(&line.id)).min(line.ordered)
}

/// Units of a line that came back and are paid back, by the channel's word or the merchant's decision, whichever is more.
pub(crate) fn returned(order: &Order, line: &SnapshotLine) -> Quantity {
    let decided = order.returns.iter().flat_map(|one| &one.inspections).filter(|one| {
        let paid_back = matches!(one.resolution, ReturnResolution::Accepted | ReturnResolution::BuyerKeeps);
        one.line == line.id && paid_back && !matches!(one.channel_sync, ChannelSync::Rejected { .. })
    });
    line.returned.max(decided.map(|one| one.units).sum())
}

/// Whether the line is one that leaves with a parcel. Others go with all of it: downloads, sets, amounts.
fn leaves(line: &SnapshotLine) -> bool {
    line.kind == LineKind::Goods || line.fulfilment == Fulfilment::Marketplace
}

/// Whether every unit that leaves and was not cancelled has left.
fn is_sent(order: &Order) -> bool {
    let wanted = |line: &SnapshotLine| line.ordered.less(line.cancelled);
    order.snapshot.lines.iter().any(|line| !wanted(line).is_zero())
        && order.snapshot.lines.iter().filter(|line| leaves(line)).all(|line| sent(order, line) >= wanted(line))
}

/// Units of a line that are to be invoiced by now.
fn due(order: &Order, line: &SnapshotLine, terms: &ConnectionInvoices) -> Quantity {
    let wanted = line.ordered.less(line.cancelled);
    let all_sent = is_sent(order);
    match terms.when {
        _ if line.kind == LineKind::Charge => Quantity::ZERO,
        InvoiceWhen::Paid | InvoiceWhen::Ordered => wanted,
        InvoiceWhen::Shipped if leaves(line) && (all_sent || terms.per == InvoicePer::Shipment) => sent(order, line),
        InvoiceWhen::Shipped if all_sent => sent(order, line).max(wanted),
        InvoiceWhen::Shipped => Quantity::ZERO,
    }
}

/// The invoices that it wants now, in the order in which they are to be numbered; and whether that is all of them.
pub(crate) fn parcels(order: &Order, documents: &[OrderDocument], terms: &ConnectionInvoices) -> (Vec<Parcel>, bool) {
    let is_order = order.snapshot.draft || order.awaits_acceptance().is_some();
    if is_order || !has_begun(order, terms) {
        return (Vec::new(), true);
    }
    let lines = &order.snapshot.lines;
    let mut before: Vec<LineUnits> = lines
        .iter()
        .map(|line| LineUnits { line: line.id.clone(), units: documented(documents, DocumentKind::Invoice, &line.id) })
        .collect();
    let mut found: Vec<Parcel> = Vec::new();
    let mut add = |mark: String, location: Option<LocationId>, most: &dyn Fn(&SnapshotLine) -> Quantity| {
        let open = |line: &SnapshotLine| due(order, line, terms).less(units_in(&before, &line.id)).min(most(line));
        let units: Vec<LineUnits> = lines
            .iter()
            .map(|line| LineUnits { line: line.id.clone(), units: open(line) })
            .filter(|one| !one.units.is_zero())
            .collect();
        if units.is_empty() {
            return;
        }
        let is_entered = location.is_some();
        found.push(Parcel { mark, is_entered, location, lines: units.clone(), before: before.clone() });
        for one in &mut before {
            one.units = one.units.plus(units_in(&units, &one.line));
        }
    };
    let by_parcel = terms.when == InvoiceWhen::Shipped && terms.per == InvoicePer::Shipment;
    let is_invoiced = |id: &str| documents.iter().any(|one| one.kind == DocumentKind::Invoice && one.mark == id);
    for parcel in order.shipments.iter().filter(|parcel| by_parcel && !is_invoiced(&parcel.id)) {
        add(parcel.id.clone(), Some(parcel.location.clone()), &|line| units_in(&parcel.lines, &line.id));
    }
    // What the channel tells as sent without our parcels; or all of it at once.
    add(format!("order-{}", documents.len() + 1), None, &|_| Quantity::MAX);
    let all = found.len() <= MOST_AT_ONCE;
    found.truncate(MOST_AT_ONCE);
    (found, all)
}

/// Units to credit, by line: what was cancelled after it was invoiced, and what came back, less what is credited already.
pub(crate) fn to_credit(order: &Order, documents: &[OrderDocument]) -> Vec<LineUnits> {
    let open = |line: &SnapshotLine| {
        let invoiced = documented(documents, DocumentKind::Invoice, &line.id);
        let cancelled = invoiced.less(line.ordered.less(line.cancelled));
        let target = cancelled.plus(returned(order, line)).min(invoiced);
        LineUnits { line: line.id.clone(), units: target.less(documented(documents, DocumentKind::CreditNote, &line.id)) }
    };
    order.snapshot.lines.iter().map(open).filter(|one| !one.units.is_zero()).collect()
}
