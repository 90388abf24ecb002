//! What needs a person: everything that waits, why, and what can be done about it here.

use crate::form::{Form, Sent, with_problem};
use crate::orders::order_link;
use crate::paging::escaped;
use crate::product::product_link;
use crate::reader::{Reader, say};
use crate::unreadable::{technical, unreadable};
use crate::{Page, Place};
use domain::{HealthStatus, Right};
use engine::rows::DriftSubject;
use engine::views::{Attention, ConnectionHealth, DifferenceView, Health, ParkedType, ParkedView, RecentOrder};
use maud::{Markup, html};

/// Everything that waits, over all views.
pub(crate) struct Waiting<'a> {
    attention: &'a Attention,
    /// Connections that do not work, or of which nobody knows.
    pub(crate) connections: Vec<&'a ConnectionHealth>,
    complete: bool,
}

impl<'a> Waiting<'a> {
    pub(crate) fn of(attention: &'a Attention, health: &'a Health) -> Self {
        let connections = health.connections.iter().filter(|one| one.status != HealthStatus::Ok).collect();
        Self { attention, connections, complete: attention.complete && health.unreadable.is_empty() }
    }

    /// How many are known.
    pub(crate) fn count(&self) -> usize {
        let Attention { cancellation_requests, parked, more_parked, differences, more_differences, .. } = self.attention;
        let shown = parked.len() + differences.len() + self.connections.len() + cancellation_requests.len();
        shown + more_parked + more_differences.unwrap_or_default()
    }

    /// How many there are; that nothing waits is said only where all of it was read.
    pub(crate) fn told(&self, reader: &Reader) -> Markup {
        html! {
            @match (self.count(), self.complete) {
                (0, true) => p .empty { (say!(reader, "nothing-waits")) },
                (0, false) => {},
                (n, _) => p { strong { (say!(reader, "waits", n = n)) } },
            }
            @if !self.complete { p .problem role="alert" { (say!(reader, "not-all-read")) } }
        }
    }
}

/// The page.
pub fn attention(reader: &Reader, list: &Attention, health: &Health, sent: Option<&Sent>) -> Page {
    let waiting = Waiting::of(list, health);
    let more = list.more_parked + list.more_differences.unwrap_or_default();
    let body = html! {
        (waiting.told(reader))
        (unreadable(reader, &list.unreadable))
        ul .waits {
            @for one in &waiting.connections { (connection(reader, one)) }
            @for one in &list.cancellation_requests { (cancellation(reader, one)) }
            @for one in &list.parked { (parked(reader, one, sent)) }
            @for one in &list.differences { (difference(reader, one)) }
        }
        @if more > 0 { p .ends { (say!(reader, "and-more", n = more)) } }
        @if !list.cancellation_requests_of_all_orders { p .soft { (say!(reader, "attention-scope")) } }
    };
    Page { title: say!(reader, "attention"), place: Place::Attention, every_s: 30, body: with_problem(reader, sent, body) }
}

fn connection(reader: &Reader, one: &ConnectionHealth) -> Markup {
    let words = one.tasks.iter().filter_map(|task| task.message.as_ref());
    let fails = one.status == HealthStatus::Failing;
    html! {
        li id={ "connection-" (one.connection) } {
            h2 { @if fails { (say!(reader, "connection-fails")) } @else { (say!(reader, "connection-unknown")) } }
            p { a href={ "/channels/" (escaped(one.connection.as_str())) } { (one.connection) } }
            @for task in one.tasks.iter().filter(|task| task.status == HealthStatus::Failing) {
                p { (reader.choice("task", &task.task)) @if let Some(since) = task.failing_since { " " (say!(reader, "since", at = reader.clock(since))) } }
            }
            @if !fails { p { (say!(reader, "connection-unknown-long")) } }
            (technical(reader, words))
        }
    }
}

fn cancellation(reader: &Reader, one: &RecentOrder) -> Markup {
    html! {
        li id={ "asks-" (one.connection) "-" (one.number) } {
            h2 { (say!(reader, "cancellation-asked")) }
            p { (order_link(&one.connection, &one.number, one.display_number.as_deref())) }
            p { (say!(reader, "cancellation-asked-long")) }
        }
    }
}

fn parked(reader: &Reader, one: &ParkedView, sent: Option<&Sent>) -> Markup {
    html! {
        li id={ "parked-" (one.id) } {
            h2 { (reader.choice("waits", &one.r#type)) }
            p { (about(one)) }
            p { (reader.choice("do", &one.r#type)) }
            @if !one.missing_rights.is_empty() { p { (say!(reader, "lacks", rights = one.missing_rights.join(", "))) } }
            p .soft {
                (say!(reader, "since", at = reader.clock(one.first_at)))
                @if one.count > 1 { " · " (say!(reader, "times", n = one.count, at = reader.clock(one.at))) }
            }
            (technical(reader, [&one.reason]))
            (decisions(reader, one, sent))
        }
    }
}

/// What it is about: the order or the product, with its own page where it has one.
fn about(one: &ParkedView) -> Markup {
    html! {
        @match (&one.connection, &one.order, &one.sku) {
            (Some(connection), Some(order), _) => (order_link(connection, order, None)),
            (connection, _, Some(sku)) => { @if let Some(connection) = connection { (connection) " · " } (product_link(sku)) },
            (Some(connection), ..) => { (connection) " · " (one.subject) },
            (None, ..) => (one.subject),
        }
    }
}

fn decisions(reader: &Reader, one: &ParkedView, sent: Option<&Sent>) -> Markup {
    let form = |act, needs| Form::new(reader, "/attention", (act, needs), &one.id, sent);
    let (retry, dismiss) = (form("retry", Right::DecideParked), form("dismiss", Right::DecideParked));
    let erase = form("erase", Right::ErasePersonalData);
    let again = if one.r#type == ParkedType::Short { say!(reader, "cover") } else { say!(reader, "try-again") };
    html! {
        div .acts {
            @if one.can_retry { (retry.folded(&again, &html! {})) }
            (dismiss.folded(&say!(reader, "dismiss"), &dismiss.text("reason", &say!(reader, "dismiss-reason"), "", true, 200)))
            @if one.may_hold_body { (erase.folded(&say!(reader, "erase"), &html! { p { (say!(reader, "erase-long")) } })) }
        }
    }
}

fn difference(reader: &Reader, one: &DifferenceView) -> Markup {
    let place = html! {
        @match &one.subject {
            DriftSubject::Order { connection, number } => (order_link(connection, number, None)),
            DriftSubject::Listing { connection, offer } => {
                (connection) " · "
                @match &one.sku { Some(sku) => (product_link(sku)), None => (offer) }
            },
            DriftSubject::Books { sku, .. } => (product_link(sku)),
        }
    };
    html! {
        li {
            h2 { (say!(reader, "waits-difference")) }
            p { (place) }
            p {
                @if let Some(observed) = one.observed_quantity { (say!(reader, "observed", n = observed)) " · " }
                @if let Some(target) = one.target_quantity { (say!(reader, "target", n = target)) " · " }
                (reader.choice("drift", &one.cause))
            }
            p { (say!(reader, "do-difference")) }
            p .soft { (say!(reader, "since", at = reader.clock(one.first_at))) }
            (technical(reader, [&one.message]))
        }
    }
}
