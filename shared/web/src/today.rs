//! Today: what is to be sent, what needs a person, how the channels are.

use crate::attention::Waiting;
use crate::channels::strip;
use crate::orders::{OrderFilter, Show, rows};
use crate::reader::{Reader, say};
use crate::unreadable::unreadable;
use crate::{Page, Place};
use engine::views::{Attention, Health, RecentOrders};
use maud::html;

/// Orders that are shown of each kind.
const MOST: usize = 10;

/// The page.
pub fn today(reader: &Reader, orders: &RecentOrders, attention: &Attention, health: &Health) -> Page {
    let waiting = Waiting::of(attention, health, orders);
    let kind = |show: Show| orders.orders.iter().filter(move |order| show.holds(order)).collect::<Vec<_>>();
    let (open, short) = (kind(Show::Open), kind(Show::Short));
    let more = |show: Show| OrderFilter { show, ..OrderFilter::default() }.address();
    let body = html! {
        section aria-labelledby="waiting" {
            h2 #waiting { (say!(reader, "attention")) }
            (waiting.told(reader))
            @if waiting.count() > 0 { p { a href=(Place::Attention.address()) { (say!(reader, "see-attention")) } } }
        }
        section aria-labelledby="to-send" {
            h2 #to-send { (say!(reader, "to-send", n = open.len())) }
            (unreadable(reader, &orders.unreadable))
            @if open.is_empty() { p .empty { (say!(reader, "none-to-send")) } } @else { (rows(reader, "open", open.iter().take(MOST).copied())) }
            @if open.len() > MOST { p { a href=(more(Show::Open)) { (say!(reader, "see-all", n = open.len())) } } }
            p .soft { (say!(reader, "orders-scope")) }
        }
        @if !short.is_empty() {
            section aria-labelledby="short" {
                h2 #short { (say!(reader, "short-orders", n = short.len())) }
                (rows(reader, "short", short.iter().take(MOST).copied()))
                @if short.len() > MOST { p { a href=(more(Show::Short)) { (say!(reader, "see-all", n = short.len())) } } }
            }
        }
        section aria-labelledby="strip" {
            h2 #strip { (say!(reader, "channels")) }
            (strip(reader, health))
        }
    };
    Page { title: say!(reader, "today"), place: Place::Today, every_s: 60, body }
}
