//! The list of orders, with its filter in the address.

use crate::chip::{Tone, chip};
use crate::index_status::{index_status, is_sure};
use crate::paging::{address, ends, escaped};
use crate::reader::{Reader, say};
use crate::ship_by::ship_by;
use crate::unreadable::unreadable;
use crate::{Page, Place};
use domain::{ConnectionId, OrderNumber, OrderStage};
use engine::views::{IndexStatus, RecentOrder, RecentOrders, StageCount};
use maud::{Markup, html};

/// Orders of one page.
const PER_PAGE: usize = 50;

/// Which orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    /// Those that changed lately.
    #[default]
    Latest,
    /// Those in a stage.
    Stage(OrderStage),
    /// All there ever were.
    All,
}

impl Show {
    fn all() -> impl Iterator<Item = Self> {
        [Self::Latest].into_iter().chain(OrderStage::ALL.map(Self::Stage)).chain([Self::All])
    }

    /// Its name in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Latest => "",
            Self::Stage(stage) => stage.as_str(),
            Self::All => "all",
        }
    }

    /// The one of a name; what is unknown shows those that changed lately.
    pub fn named(name: &str) -> Self {
        Self::all().find(|one| one.name() == name).unwrap_or_default()
    }

    fn words(self, reader: &Reader) -> String {
        match self {
            Self::Latest => say!(reader, "show-latest"),
            Self::Stage(stage) => reader.choice("order-stage", &stage),
            Self::All => say!(reader, "show-all"),
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
    /// What they are called, or how that begins; empty: anything.
    pub q: String,
    /// Where the list begins: the `next` of the page before.
    pub cursor: Option<String>,
}

impl OrderFilter {
    /// Whether it is about those that changed lately: these are known without the index.
    pub fn is_of_late(&self) -> bool {
        self.show == Show::Latest && self.q.trim().is_empty()
    }

    fn parameters(&self) -> [(&str, &str); 3] {
        [("show", self.show.name()), ("connection", &self.connection), ("q", &self.q)]
    }

    /// Its address, from the first order on.
    pub(crate) fn address(&self) -> String {
        address(Place::Orders.address(), &self.parameters())
    }
}

/// What the page of orders shows beside them.
#[derive(Debug, Clone, Copy)]
pub struct OrdersBeside<'a> {
    /// How many orders are in the stages in which there is something to do.
    pub counts: &'a [StageCount],
    /// How far the index is.
    pub index: &'a IndexStatus,
    /// All connections there are.
    pub connections: &'a [ConnectionId],
    /// The number that was looked for, and is nowhere.
    pub not_found: Option<&'a str>,
}

/// The page.
pub fn orders(reader: &Reader, list: &RecentOrders, beside: &OrdersBeside<'_>, filter: &OrderFilter) -> Page {
    let body = html! {
        (views(reader, filter, beside))
        (search(reader, beside.connections, filter))
        (unreadable(reader, &list.unreadable))
        @if filter.is_of_late() { (of_late(reader, list, filter)) } @else { (indexed(reader, list, beside.index, filter)) }
        (find(reader, beside.connections, beside.not_found))
    };
    Page { title: say!(reader, "orders"), place: Place::Orders, every_s: 60, body }
}

fn of_late(reader: &Reader, list: &RecentOrders, filter: &OrderFilter) -> Markup {
    let of = |order: &&RecentOrder| filter.connection.is_empty() || order.connection.as_str() == filter.connection;
    let found: Vec<&RecentOrder> = list.orders.iter().filter(of).collect();
    let from: usize = filter.cursor.as_deref().and_then(|cursor| cursor.parse().ok()).unwrap_or_default();
    let here = found.iter().skip(from).take(PER_PAGE).copied();
    let next = (found.len() > from.saturating_add(PER_PAGE)).then(|| (from + PER_PAGE).to_string());
    html! {
        @if found.is_empty() && list.unreadable.is_empty() { p .empty { (say!(reader, "no-orders")) } }
        (rows(reader, "order", here))
        (ends(reader, Place::Orders.address(), &filter.parameters(), next.as_deref(), from == 0))
        p .soft { (say!(reader, "orders-scope")) }
    }
}

/// That there are none is said only where the index is known to hold all, and the list is at its end.
fn indexed(reader: &Reader, list: &RecentOrders, index: &IndexStatus, filter: &OrderFilter) -> Markup {
    html! {
        (index_status(reader, index))
        @if list.orders.is_empty() {
            @match (&list.next, is_sure(index) && list.unreadable.is_empty()) {
                (Some(_), _) => p .empty { (say!(reader, "no-orders-yet")) },
                (None, true) => p .empty { (say!(reader, "no-orders-listed")) },
                (None, false) => p .empty { (say!(reader, "no-orders-known")) },
            }
        }
        (rows(reader, "order", list.orders.iter()))
        (ends(reader, Place::Orders.address(), &filter.parameters(), list.next.as_deref(), filter.cursor.is_none()))
        @if !filter.q.trim().is_empty() { p .soft { (say!(reader, "search-scope")) } }
    }
}

fn views(reader: &Reader, filter: &OrderFilter, beside: &OrdersBeside<'_>) -> Markup {
    let count = |show: Show| beside.counts.iter().find(|one| Show::Stage(one.stage) == show).filter(|_| is_sure(beside.index));
    html! {
        nav .views aria-label=(say!(reader, "views")) {
            @for show in Show::all() {
                @let other = OrderFilter { show, cursor: None, ..filter.clone() };
                a href=(other.address()) aria-current=[(show == filter.show).then_some("true")] {
                    (show.words(reader))
                    @if let Some(one) = count(show) {
                        " (" (if one.more { say!(reader, "n-or-more", n = one.count) } else { reader.number(i64::try_from(one.count).unwrap_or(i64::MAX)) }) ")"
                    }
                }
            }
        }
    }
}

fn search(reader: &Reader, connections: &[ConnectionId], filter: &OrderFilter) -> Markup {
    html! {
        form .search method="get" action=(Place::Orders.address()) role="search" {
            @if filter.show != Show::Latest { input type="hidden" name="show" value=(filter.show.name()); }
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
                    (reader.moment(order.placed_at.unwrap_or(order.at))) " "
                    @if let Some(stage) = order.stage { (chip(tone(stage), &reader.choice("order-stage", &stage))) " " }
                    @if order.unreleased { (chip(Tone::Wait, &say!(reader, "not-paid-yet"))) " " }
                    @if let Some(due) = &order.ship_by { (ship_by(reader, due)) " " }
                    @if !order.reserved.is_zero() { (chip(Tone::Wait, &say!(reader, "n-reserved", n = order.reserved))) " " }
                    @if !order.short.is_zero() { (chip(Tone::Bad, &say!(reader, "n-short", n = order.short))) " " }
                    @if order.cancellation_requested { (chip(Tone::Wait, &say!(reader, "asks-cancellation"))) }
                    div .soft { (order.skus.iter().map(domain::Sku::as_str).collect::<Vec<_>>().join(", ")) }
                }
            }
        }
    }
}

fn tone(stage: OrderStage) -> Tone {
    match stage {
        OrderStage::Short => Tone::Bad,
        OrderStage::New | OrderStage::CancellationRequested | OrderStage::Return => Tone::Wait,
        OrderStage::ToShip | OrderStage::PartlyShipped | OrderStage::Closed => Tone::Plain,
        OrderStage::Shipped => Tone::Good,
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
