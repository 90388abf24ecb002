//! The list of orders, with its filter in the address.

use crate::chip::{Tone, chip};
use crate::paging::{address, ends, escaped};
use crate::reader::{Reader, say};
use crate::unreadable::unreadable;
use crate::{Page, Place};
use domain::{ConnectionId, OrderNumber};
use engine::views::{RecentOrder, RecentOrders};
use maud::{Markup, html};

/// Orders of one page.
const PER_PAGE: usize = 50;

/// Which orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    /// All of them.
    #[default]
    All,
    /// Those with units that are set aside: they are still to be sent.
    Open,
    /// Those that no stock covers.
    Short,
    /// Those whose customer asks for cancellation.
    Cancellation,
}

impl Show {
    const ALL: [Self; 4] = [Self::All, Self::Open, Self::Short, Self::Cancellation];

    /// Its name in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Open => "open",
            Self::Short => "short",
            Self::Cancellation => "cancellation",
        }
    }

    /// The one of a name; what is unknown shows all.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|one| one.name() == name).unwrap_or_default()
    }

    /// Whether an order is one of these.
    pub(crate) fn holds(self, order: &RecentOrder) -> bool {
        match self {
            Self::All => true,
            Self::Open => !order.reserved.is_zero(),
            Self::Short => !order.short.is_zero(),
            Self::Cancellation => order.cancellation_requested,
        }
    }

    fn words(self, reader: &Reader) -> String {
        match self {
            Self::All => say!(reader, "show-all"),
            Self::Open => say!(reader, "show-open"),
            Self::Short => say!(reader, "show-short"),
            Self::Cancellation => say!(reader, "show-cancellation"),
        }
    }
}

/// A filter, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Which kind.
    pub show: Show,
    /// Of this connection alone; empty: of all.
    pub connection: String,
    /// With this in its number or among its products; empty: any.
    pub q: String,
    /// So many are left out at the beginning.
    pub from: usize,
}

impl OrderFilter {
    fn holds(&self, order: &RecentOrder) -> bool {
        let q = self.q.trim().to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&q);
        let found = || {
            has(order.number.as_str())
                || order.display_number.as_deref().is_some_and(has)
                || order.skus.iter().any(|sku| has(sku.as_str()))
        };
        self.show.holds(order)
            && (self.connection.is_empty() || order.connection.as_str() == self.connection)
            && (q.is_empty() || found())
    }

    fn parameters(&self) -> [(&str, &str); 3] {
        [("show", self.show.name()), ("connection", &self.connection), ("q", &self.q)]
    }

    /// Its address, from the first order on.
    pub(crate) fn address(&self) -> String {
        address(Place::Orders.address(), &self.parameters())
    }
}

/// The page. `connections` are all there are, by name; `trouble`: the number that was looked for is nowhere.
pub fn orders(
    reader: &Reader,
    list: &RecentOrders,
    connections: &[ConnectionId],
    filter: &OrderFilter,
    not_found: Option<&str>,
) -> Page {
    let found: Vec<&RecentOrder> = list.orders.iter().filter(|order| filter.holds(order)).collect();
    let here = found.iter().skip(filter.from).take(PER_PAGE).copied();
    let next = (found.len() > filter.from + PER_PAGE).then(|| (filter.from + PER_PAGE).to_string());
    let body = html! {
        (views(reader, filter))
        (search(reader, connections, filter))
        (unreadable(reader, &list.unreadable))
        @if found.is_empty() && list.unreadable.is_empty() { p .empty { (say!(reader, "no-orders")) } }
        (rows(reader, "order", here))
        (ends(reader, Place::Orders.address(), &filter.parameters(), next.as_deref(), filter.from == 0))
        p .soft { (say!(reader, "orders-scope")) }
        (find(reader, connections, not_found))
    };
    Page { title: say!(reader, "orders"), place: Place::Orders, every_s: 60, body }
}

fn views(reader: &Reader, filter: &OrderFilter) -> Markup {
    html! {
        nav .views aria-label=(say!(reader, "views")) {
            @for show in Show::ALL {
                @let other = OrderFilter { show, from: 0, ..filter.clone() };
                a href=(other.address()) aria-current=[(show == filter.show).then_some("true")] { (show.words(reader)) }
            }
        }
    }
}

fn search(reader: &Reader, connections: &[ConnectionId], filter: &OrderFilter) -> Markup {
    html! {
        form .search method="get" action=(Place::Orders.address()) role="search" {
            @if filter.show != Show::All { input type="hidden" name="show" value=(filter.show.name()); }
            label for="q" { (say!(reader, "search-orders")) }
            input #q type="search" name="q" value=(filter.q) maxlength="64" autocomplete="off" spellcheck="false";
            (connection_choice(reader, "connection", connections, &filter.connection, true))
            button type="submit" { (say!(reader, "search")) }
        }
    }
}

fn connection_choice(reader: &Reader, id: &str, connections: &[ConnectionId], chosen: &str, any: bool) -> Markup {
    html! {
        label for=(id) { (say!(reader, "connection")) }
        select id=(id) name="connection" {
            @if any { option value="" { (say!(reader, "any-connection")) } }
            @for connection in connections {
                option value=(connection) selected[connection.as_str() == chosen] { (connection) }
            }
        }
    }
}

/// Any order there ever was, by the id that its channel gave it.
fn find(reader: &Reader, connections: &[ConnectionId], not_found: Option<&str>) -> Markup {
    html! {
        section aria-labelledby="find" {
            h2 #find { (say!(reader, "find-order")) }
            form .search method="get" action=(Place::Orders.address()) {
                @if let Some(number) = not_found { p .problem role="alert" { (say!(reader, "order-not-found", number = number)) } }
                (connection_choice(reader, "of", connections, "", false))
                label for="number" { (say!(reader, "order-id")) }
                input #number name="number" required maxlength="128" autocomplete="off" value=(not_found.unwrap_or_default());
                button type="submit" { (say!(reader, "open-order")) }
            }
        }
    }
}

/// Orders, one under the other; `list` tells these rows from others of the page.
pub(crate) fn rows<'a>(reader: &Reader, list: &str, orders: impl Iterator<Item = &'a RecentOrder>) -> Markup {
    html! {
        ul .rows {
            @for order in orders {
                li id={ (list) "-" (order.connection) "-" (order.number) } {
                    (order_link(&order.connection, &order.number, order.display_number.as_deref())) " "
                    (reader.moment(order.at)) " "
                    @if !order.reserved.is_zero() { (chip(Tone::Wait, &say!(reader, "n-reserved", n = order.reserved))) " " }
                    @if !order.short.is_zero() { (chip(Tone::Bad, &say!(reader, "n-short", n = order.short))) " " }
                    @if order.cancellation_requested { (chip(Tone::Wait, &say!(reader, "asks-cancellation"))) }
                    div .soft { (order.skus.iter().map(domain::Sku::as_str).collect::<Vec<_>>().join(", ")) }
                }
            }
        }
    }
}

/// Where an order's own page is.
pub fn order_address(connection: &ConnectionId, number: &OrderNumber) -> String {
    format!("/orders/{}/{}", escaped(connection.as_str()), escaped(number.as_str()))
}

/// A link to an order, under the number that people know.
pub(crate) fn order_link(connection: &ConnectionId, number: &OrderNumber, shown: Option<&str>) -> Markup {
    html! { a .order href=(order_address(connection, number)) { (connection) " " (shown.unwrap_or(number.as_str())) } }
}
