//! What must hold of all documents together, whatever happened (I9).

use super::shop::Shop;
use domain::invoice::{Document, DocumentKind, IssuedNumber, check_series};
use domain::{Order, OrderLineId, Quantity};
use engine::rows::{DocumentRow, InvoiceDueRow, OrderDocumentsRow, OrderRow, SeriesRow, TypedRow};
use std::collections::BTreeSet;

/// All documents, by series and number.
pub(crate) fn documents(shop: &Shop) -> Vec<Document> {
    let rows = shop.inner.stage.table.rows();
    let rows = rows.iter().filter(|row| row.key.pk.starts_with("INVOICES#"));
    rows.map(|row| DocumentRow::from_row(row).unwrap().0).collect()
}

/// Their numbers.
pub(crate) fn numbers(shop: &Shop) -> Vec<String> {
    documents(shop).into_iter().map(|document| document.number).collect()
}

pub(crate) fn due(shop: &Shop) -> Vec<InvoiceDueRow> {
    let rows = shop.inner.stage.table.rows();
    let rows = rows.iter().filter(|row| row.key.pk == InvoiceDueRow::PARTITION);
    rows.map(|row| InvoiceDueRow::from_row(row).unwrap()).collect()
}

/// Everything that is wrong.
pub(crate) fn flaws(shop: &Shop) -> Vec<String> {
    let rows = shop.inner.stage.table.rows();
    let documents = documents(shop);
    let mut flaws = Vec::new();
    for row in rows.iter().filter(|row| row.key.pk == SeriesRow::PARTITION) {
        let row = SeriesRow::from_row(row).unwrap();
        let of = documents.iter().filter(|document| document.series == row.series);
        let issued =
            |one: &Document| IssuedNumber { number: one.number.clone(), sequence: one.sequence, issued_on: one.issued_on };
        let issued: Vec<IssuedNumber> = of.map(issued).collect();
        let found = check_series(&row.series, &row.format, row.first, row.state, &issued);
        flaws.extend(found.iter().map(|flaw| format!("{:?}: {flaw:?}", row.series)));
    }
    for document in &documents {
        flaws.extend(document.flaws().iter().map(|flaw| format!("{}: {flaw}", document.number)));
    }
    let all: BTreeSet<&str> = documents.iter().map(|document| document.number.as_str()).collect();
    if all.len() != documents.len() {
        flaws.push("two documents have one number".to_owned());
    }
    let mut known = 0;
    for row in rows.iter().filter(|row| row.key.sk == "ORDER") {
        let order = OrderRow::from_row(row).unwrap().0;
        let locks = rows.iter().find(|row| row.key == OrderDocumentsRow::key(&order.connection, &order.snapshot.number));
        let locks = locks.map(|row| OrderDocumentsRow::from_row(row).unwrap().documents).unwrap_or_default();
        for one in locks.iter().filter_map(|one| one.issued.as_ref()) {
            known += 1;
            let document = documents.iter().find(|document| document.series == one.series && document.sequence == one.sequence);
            if document.is_none_or(|document| document.content.order.number != order.snapshot.number) {
                flaws.push(format!("order {} has no document {}", order.snapshot.number, one.number));
            }
        }
        flaws.extend(flaws_of_units(&order, &documents));
    }
    if known != documents.len() {
        flaws.push(format!("{} documents, and orders know of {known}", documents.len()));
    }
    flaws
}

/// Units of a line on documents of an order.
pub(crate) fn on(documents: &[Document], order: &Order, kind: DocumentKind, line: &OrderLineId) -> Quantity {
    let of = documents.iter().filter(|one| one.content.kind == kind && one.content.order.number == order.snapshot.number);
    of.flat_map(|one| &one.content.lines).filter(|one| one.id == *line).map(|one| one.quantity).sum()
}

/// A unit is invoiced once, and only if it was sent; it is credited once, and only if it was invoiced. What is sent is invoiced, or due.
fn flaws_of_units(order: &Order, documents: &[Document]) -> Vec<String> {
    let mut flaws = Vec::new();
    for told in &order.snapshot.lines {
        let sent = told.shipped.max(order.sent(&told.id));
        let invoiced = on(documents, order, DocumentKind::Invoice, &told.id);
        let credited = on(documents, order, DocumentKind::CreditNote, &told.id);
        if invoiced > sent {
            flaws.push(format!("order {}: {invoiced} of line {} invoiced, and {sent} sent", order.snapshot.number, told.id));
        }
        if credited > invoiced {
            flaws.push(format!(
                "order {}: {credited} of line {} credited, and {invoiced} invoiced",
                order.snapshot.number, told.id
            ));
        }
    }
    flaws
}

/// As `flaws`, once all is quiet: every unit that was sent is on an invoice, and nothing is due.
pub(crate) fn flaws_at_rest(shop: &Shop) -> Vec<String> {
    let mut flaws = flaws(shop);
    let documents = documents(shop);
    flaws.extend(due(shop).iter().map(|due| format!("order {} is still due: {:?}", due.number, due.problem)));
    for row in shop.inner.stage.table.rows().iter().filter(|row| row.key.sk == "ORDER") {
        let order = OrderRow::from_row(row).unwrap().0;
        for told in &order.snapshot.lines {
            let (sent, invoiced) =
                (told.shipped.max(order.sent(&told.id)), on(&documents, &order, DocumentKind::Invoice, &told.id));
            if invoiced < sent {
                flaws.push(format!("order {}: {sent} of line {} sent, and {invoiced} invoiced", order.snapshot.number, told.id));
            }
        }
    }
    flaws
}
