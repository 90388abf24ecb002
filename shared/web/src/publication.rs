//! How a listing stands: in step, being updated, not told on purpose, or a problem. What it was told is never shown as what it shows.

use crate::chip::{Tone, chip};
use crate::orders::order_address;
use crate::reader::{Reader, say};
use crate::unreadable::technical;
use domain::{ConnectionId, HealthStatus, Task};
use engine::views::{BlockingOrder, Health, ListingStock, Publication};
use maud::{Markup, html};

/// Whether a connection can be told anything now: one that fails, or is left alone, cannot.
pub(crate) fn is_reachable(health: &Health, connection: &ConnectionId) -> bool {
    let known = health.connections.iter().find(|one| one.connection == *connection);
    known.is_none_or(|one| {
        let fails = |task: &engine::views::TaskHealth| {
            task.status == HealthStatus::Failing && matches!(task.task, Task::Orders | Task::Stock | Task::Credentials)
        };
        one.circuit.is_none() && !one.tasks.iter().any(fails)
    })
}

/// One listing, in a row of a table: connection, what it was told, what it should show, how it stands.
pub(crate) fn listing_row(reader: &Reader, listing: &ListingStock, health: &Health) -> Markup {
    let target = match &listing.publication {
        Publication::UpToDate { target_quantity }
        | Publication::Pending { target_quantity, .. }
        | Publication::OnHold { target_quantity, .. }
        | Publication::Failed { target_quantity, .. } => Some(*target_quantity),
        Publication::NotPublished { .. } | Publication::Unknown => None,
    };
    html! {
        tr id={ "listing-" (listing.connection) "-" (listing.offer) } {
            th scope="row" { a href={ "/channels/" (crate::paging::escaped(listing.connection.as_str())) } { (listing.connection) } }
            td data-label=(say!(reader, "published-quantity")) {
                @match listing.published_quantity { Some(units) => (reader.units(units)), None => span .soft { (say!(reader, "not-known")) } }
                @if let Some(at) = listing.published_at { " " span .soft { (reader.moment(at)) } }
            }
            td data-label=(say!(reader, "target-quantity")) {
                @match target { Some(units) => (reader.units(units)), None => span .soft { "–" } }
            }
            td data-label=(say!(reader, "publication")) { (standing(reader, listing, health)) }
        }
    }
}

/// The words above such rows.
pub(crate) fn listing_head(reader: &Reader) -> Markup {
    html! {
        thead { tr {
            th scope="col" { (say!(reader, "connection")) }
            th scope="col" { (say!(reader, "published-quantity")) }
            th scope="col" { (say!(reader, "target-quantity")) }
            th scope="col" { (say!(reader, "publication")) }
        } }
    }
}

/// How a listing stands.
pub(crate) fn standing(reader: &Reader, listing: &ListingStock, health: &Health) -> Markup {
    let late = |until: &Option<jiff::Timestamp>| until.map(|until| say!(reader, "next-try", at = reader.clock(until)));
    html! {
        @match &listing.publication {
            Publication::UpToDate { .. } => (chip(Tone::Good, &say!(reader, "in-step"))),
            Publication::Pending { postponed_until, .. } => {
                @if is_reachable(health, &listing.connection) { (chip(Tone::Wait, &say!(reader, "updating"))) }
                @else { (chip(Tone::Bad, &say!(reader, "unreachable"))) }
                @if let Some(words) = late(postponed_until) { " " span .soft { (words) } }
            },
            Publication::OnHold { orders, .. } => { (chip(Tone::Wait, &say!(reader, "on-hold"))) (blocking(reader, orders)) },
            Publication::Failed { postponed_until, error, .. } => {
                (chip(Tone::Bad, &say!(reader, "listing-problem")))
                @if let Some(words) = late(postponed_until) { " " span .soft { (words) } }
                (technical(reader, [error]))
            },
            Publication::NotPublished { reason } => {
                (chip(Tone::Plain, &say!(reader, "not-told-on-purpose"))) " " span .soft { (reader.choice("not-told", reason)) }
            },
            Publication::Unknown => (chip(Tone::Bad, &say!(reader, "publication-unknown"))),
        }
        @if listing.backorders { " " span .soft { (say!(reader, "backorders")) } }
    }
}

/// Which orders keep a figure from rising.
pub(crate) fn blocking(reader: &Reader, orders: &[BlockingOrder]) -> Markup {
    html! {
        ul .rows {
            @for one in orders {
                li {
                    @match &one.order {
                        Some(number) => a href=(order_address(&one.connection, number)) { (one.connection) " " (number) },
                        None => (say!(reader, "order-without-id", name = one.channel_reference.as_deref().unwrap_or("?"))),
                    }
                    @for line in &one.lines { " · " (say!(reader, "unreadable-field", field = &line.field_error.field, value = &line.field_error.value)) }
                }
            }
        }
    }
}
