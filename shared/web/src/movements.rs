//! Every movement of a product's stock, newest first.

use crate::orders::order_link;
use crate::paging::ends;
use crate::product::product_link;
use crate::reader::{Reader, say};
use crate::unreadable::unreadable;
use engine::views::{MovementCause, MovementView, MovementsPage};
use maud::{Markup, html};

/// The section of a product's page.
pub(crate) fn section(reader: &Reader, path: &str, page: &MovementsPage, cursor: Option<&str>) -> Markup {
    html! {
        section aria-labelledby="movements" {
            h2 #movements { (say!(reader, "movements")) }
            (unreadable(reader, &page.unreadable))
            @if !page.components.is_empty() {
                p { (say!(reader, "bundle-moves")) " " @for one in &page.components { (product_link(&one.sku)) " " } }
            }
            @if page.movements.is_empty() && page.components.is_empty() { p .empty { (say!(reader, "no-movements")) } }
            ol .rows { @for one in &page.movements { li { (movement(reader, one)) } } }
            (ends(reader, path, &[], page.next.as_deref(), cursor.is_none()))
        }
    }
}

fn movement(reader: &Reader, one: &MovementView) -> Markup {
    html! {
        (reader.moment(one.at)) " " strong { (one.location) } " "
        (say!(reader, "moved", available = signed(reader, one.available), reserved = signed(reader, one.reserved)))
        " · " (cause(reader, &one.cause))
    }
}

fn signed(reader: &Reader, units: i64) -> String {
    if units > 0 { format!("+{}", reader.number(units)) } else { reader.number(units) }
}

fn cause(reader: &Reader, cause: &MovementCause) -> Markup {
    html! {
        @match cause {
            MovementCause::Orders { orders, written_off } => {
                @for (at, order) in orders.iter().enumerate() {
                    @if at > 0 { ", " }
                    (order_link(&order.connection, &order.number, None))
                    @let lost: i64 = written_off.iter().filter(|one| (&one.connection, &one.number) == (&order.connection, &order.number)).map(|one| one.units).sum();
                    @if lost > 0 { " (" (say!(reader, "n-written-off", n = lost)) ")" }
                }
            },
            MovementCause::Order { connection, number, action, by } => {
                (order_link(connection, number, None)) ": " (reader.choice("moved-by", action)) ", "
                @if by.is_empty() { (say!(reader, "the-channel")) } @else { (by) }
            },
            MovementCause::Transfer { from, to, reason, by } => {
                (say!(reader, "transferred", from = from.as_str(), to = to.as_str())) ": " (reason) ", " (by)
            },
            MovementCause::Correction { reason, by } => { (reason) ", " (by) },
            MovementCause::Edited { connection } => (say!(reader, "edited-in", connection = connection.as_str())),
            MovementCause::Opening => (say!(reader, "opening")),
        }
    }
}
