//! What was sent and what was refunded of an order, one fulfilment and one refund at a time.

use super::graphql::{self, Fulfilled, Pages, Refunded as RefundedDocument, fulfilled, refunded};
use super::snapshot::Refunded;
use ports::{Call, Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// What one fulfilment sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Its tracking codes.
    pub(super) tracking: Vec<String>,
    /// Units by the number of the order line.
    pub(super) lines: BTreeMap<u64, i64>,
}

/// Reads a fulfilment, all its pages.
pub(super) async fn sent(call: &Call<'_>, operation: &'static str, pages: &mut Pages, id: &str) -> Result<Sent> {
    let mut sent = Sent::default();
    let mut after = None;
    loop {
        let variables = fulfilled::Variables { id: id.to_owned(), after: after.clone() };
        let shipment = graphql::send::<Fulfilled>(call, operation, variables, false).await?.fulfillment;
        let shipment = shipment.ok_or_else(|| vanished(operation))?;
        let lines = shipment.fulfillment_line_items;
        for line in &lines.nodes {
            let units = sent.lines.entry(graphql::number(operation, &line.line_item.id)?).or_default();
            *units = units.saturating_add(line.quantity.unwrap_or(0));
        }
        after = pages.next(operation, lines.page_info.has_next_page, lines.page_info.end_cursor, after.as_deref())?;
        if after.is_none() {
            sent.tracking = shipment.tracking_info.into_iter().filter_map(|t| t.number).collect();
            return Ok(sent);
        }
    }
}

/// Reads a refund, all its pages: the number of the order line, units, and how they are treated.
pub(super) async fn refunded(
    call: &Call<'_>,
    operation: &'static str,
    pages: &mut Pages,
    id: &str,
) -> Result<Vec<(u64, i64, Refunded)>> {
    use refunded::RefundLineItemRestockType as Restock;
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let variables = refunded::Variables { id: id.to_owned(), after: after.clone() };
        let refund = graphql::send::<RefundedDocument>(call, operation, variables, false).await?.refund;
        let refund = refund.ok_or_else(|| vanished(operation))?;
        let lines = refund.refund_line_items;
        for refunded in &lines.nodes {
            let how = match refunded.restock_type {
                Restock::CANCEL => Refunded::BeforeSending,
                // The return itself tells what came back by it; counted here too it would have come back twice.
                _ if refund.return_.is_some() => Refunded::Unclear,
                Restock::RETURN => Refunded::Returned,
                Restock::NO_RESTOCK => Refunded::NotRestocked,
                Restock::LEGACY_RESTOCK | Restock::Other(_) => Refunded::Unclear,
            };
            found.push((graphql::number(operation, &refunded.line_item.id)?, refunded.quantity, how));
        }
        after = pages.next(operation, lines.page_info.has_next_page, lines.page_info.end_cursor, after.as_deref())?;
        if after.is_none() {
            return Ok(found);
        }
    }
}

fn vanished(operation: &'static str) -> Error {
    Error::new(ErrorKind::Conflict, operation, "a part of the order went away while it was read; it is read again")
}
