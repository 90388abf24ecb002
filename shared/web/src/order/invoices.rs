//! Its invoices and credit notes.

use super::Order;
use crate::invoices::{document, why};
use crate::reader::say;
use crate::unreadable::unreadable;
use maud::{Markup, html};

impl Order<'_> {
    /// None are shown of an order that has and wants none: perhaps it is not invoiced here.
    pub(super) fn invoices(&self) -> Markup {
        let (reader, invoices) = (self.reader, self.invoices);
        let is_empty = invoices.invoices.is_empty() && invoices.invoiced_by_marketplace.is_empty();
        if is_empty && invoices.waiting.is_none() && invoices.unreadable.is_empty() {
            return html! {};
        }
        html! {
            section aria-labelledby="invoices" {
                h2 #invoices { (say!(reader, "invoices")) }
                (unreadable(reader, &invoices.unreadable))
                ul .rows {
                    @for one in &invoices.invoices { li { (document(reader, one)) } }
                    @if !invoices.invoiced_by_marketplace.is_empty() {
                        li { (say!(reader, "invoiced-by-marketplace", units = self.units_of(&invoices.invoiced_by_marketplace))) }
                    }
                    @if let Some(waiting) = &invoices.waiting { li { (why(reader, waiting)) } }
                }
            }
        }
    }
}
