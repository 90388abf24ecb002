//! Today: what is to be sent, what needs a person, how the channels are.

use crate::attention::Waiting;
use crate::channels::strip;
use crate::index_status::{index_status, is_sure};
use crate::orders::{OrderFilter, Show, rows};
use crate::reader::{Reader, say};
use crate::ship_by::Urgency;
use crate::unreadable::unreadable;
use crate::{Page, Place};
use domain::OrderStage;
use engine::views::{Attention, Health, Leaving, RecentOrder, RecentOrders};
use maud::{Markup, html};

/// Orders that are shown of each kind.
const MOST: usize = 10;

/// The page. Orders of late are shown where the index was never built.
pub fn today(reader: &Reader, leaving: &Leaving, orders: &RecentOrders, attention: &Attention, health: &Health) -> Page {
    let waiting = Waiting::of(attention, health);
    let body = html! {
        section aria-labelledby="waiting" {
            h2 #waiting { (say!(reader, "attention")) }
            (waiting.told(reader))
            @if waiting.count() > 0 { p { a href=(Place::Attention.address()) { (say!(reader, "see-attention")) } } }
        }
        @if leaving.index.complete { (by_when(reader, leaving)) } @else { (of_late(reader, leaving, orders)) }
        section aria-labelledby="strip" {
            h2 #strip { (say!(reader, "channels")) }
            (strip(reader, health))
        }
    };
    Page { title: say!(reader, "today"), place: Place::Today, every_s: 60, body }
}

fn at(show: OrderStage) -> String {
    OrderFilter { show: Show::Stage(show), ..OrderFilter::default() }.address()
}

/// A count, of which it is said where it is only the least.
fn count(reader: &Reader, n: usize, more: bool) -> String {
    if more { say!(reader, "n-or-more", n = n) } else { reader.number(i64::try_from(n).unwrap_or(i64::MAX)) }
}

/// What must leave, by when.
fn by_when(reader: &Reader, leaving: &Leaving) -> Markup {
    let Leaving { to_ship, short, .. } = leaving;
    let is = |when: Option<Urgency>| {
        to_ship.iter().filter(move |one| one.ship_by.as_ref().map(|due| reader.urgency(due)) == when).collect::<Vec<_>>()
    };
    let [late, today, later, undated] = [Some(Urgency::Late), Some(Urgency::Today), Some(Urgency::Later), None].map(is);
    // Those that must leave first were read: of what comes last there may be more.
    let more = leaving.more_to_ship;
    html! {
        section aria-labelledby="to-send" {
            h2 #to-send { (say!(reader, "to-send", n = count(reader, to_ship.len(), more))) }
            (index_status(reader, &leaving.index))
            (unreadable(reader, &leaving.unreadable))
            @if to_ship.is_empty() {
                @if is_sure(&leaving.index) && leaving.unreadable.is_empty() { p .empty { (say!(reader, "nothing-to-send")) } }
                @else { p .empty { (say!(reader, "no-orders-known")) } }
            }
            (group(reader, "late", &say!(reader, "to-send-late", n = late.len()), &late))
            (group(reader, "due", &say!(reader, "to-send-today", n = today.len()), &today))
            (group(reader, "later", &say!(reader, "to-send-later", n = count(reader, later.len(), more)), &later))
            (group(reader, "undated", &say!(reader, "to-send-undated", n = count(reader, undated.len(), more)), &undated))
            @if !to_ship.is_empty() { p { a href=(at(OrderStage::ToShip)) { (say!(reader, "see-to-send")) } } }
        }
        @if !short.is_empty() {
            section aria-labelledby="short" {
                h2 #short { (say!(reader, "short-orders", n = count(reader, short.len(), leaving.more_short))) }
                (rows(reader, "short", short.iter().take(MOST)))
                @if short.len() > MOST { p { a href=(at(OrderStage::Short)) { (say!(reader, "see-all", n = count(reader, short.len(), leaving.more_short))) } } }
            }
        }
    }
}

fn group(reader: &Reader, list: &str, heading: &str, orders: &[&RecentOrder]) -> Markup {
    html! {
        @if !orders.is_empty() {
            h3 { (heading) }
            (rows(reader, list, orders.iter().take(MOST).copied()))
        }
    }
}

/// What is known without the index.
fn of_late(reader: &Reader, leaving: &Leaving, orders: &RecentOrders) -> Markup {
    let open: Vec<&RecentOrder> = orders.orders.iter().filter(|order| !order.reserved.is_zero()).collect();
    let short: Vec<&RecentOrder> = orders.orders.iter().filter(|order| !order.short.is_zero()).collect();
    html! {
        section aria-labelledby="to-send" {
            h2 #to-send { (say!(reader, "to-send", n = count(reader, open.len(), true))) }
            (index_status(reader, &leaving.index))
            (unreadable(reader, &orders.unreadable))
            @if open.is_empty() { p .empty { (say!(reader, "none-to-send")) } } @else { (rows(reader, "open", open.iter().take(MOST).copied())) }
            p .soft { (say!(reader, "orders-scope")) }
        }
        @if !short.is_empty() {
            section aria-labelledby="short" {
                h2 #short { (say!(reader, "short-orders", n = count(reader, short.len(), true))) }
                (rows(reader, "short", short.iter().take(MOST).copied()))
            }
        }
    }
}
