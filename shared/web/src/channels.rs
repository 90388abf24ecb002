//! Connections to channels, and how each is doing.

use crate::chip::{Tone, chip};
use crate::paging::escaped;
use crate::reader::{Reader, say};
use crate::unreadable::unreadable;
use crate::{Page, Place};
use domain::HealthStatus;
use engine::views::{ConnectionHealth, Health, PublishingScope};
use maud::{Markup, html};

/// The page.
pub fn channels(reader: &Reader, health: &Health) -> Page {
    let body = html! {
        (strip(reader, health))
        p { a href="/matches" { (say!(reader, "matches-file")) } }
    };
    Page { title: say!(reader, "channels"), place: Place::Channels, every_s: 30, body }
}

/// All of them, one under the other.
pub(crate) fn strip(reader: &Reader, health: &Health) -> Markup {
    html! {
        (unreadable(reader, &health.unreadable))
        @if health.connections.is_empty() && health.unreadable.is_empty() { p .empty { (say!(reader, "no-channels")) } }
        ul .rows {
            @for one in &health.connections {
                li id={ "channel-" (one.connection) } {
                    a href={ "/channels/" (escaped(one.connection.as_str())) } { strong { (one.connection) } } " "
                    (one.channel_title.as_deref().unwrap_or(one.channel.as_str())) " "
                    (status(reader, one)) " " (publishing(reader, one))
                    (troubles(reader, one))
                }
            }
        }
    }
}

/// Whether it works. Green only where that is known.
pub(crate) fn status(reader: &Reader, one: &ConnectionHealth) -> Markup {
    let open = one.circuit.is_some();
    match one.status {
        HealthStatus::Ok if !open => chip(Tone::Good, &say!(reader, "works")),
        HealthStatus::Failing => chip(Tone::Bad, &say!(reader, "fails")),
        HealthStatus::Ok => chip(Tone::Wait, &say!(reader, "paused-calls")),
        HealthStatus::Unknown => chip(Tone::Wait, &say!(reader, "not-known-to-work")),
    }
}

/// What it is told of. That it is told nothing is so on purpose.
pub(crate) fn publishing(reader: &Reader, one: &ConnectionHealth) -> Markup {
    match one.publishing {
        PublishingScope::All => html! {},
        PublishingScope::Selected { products } => chip(Tone::Plain, &say!(reader, "told-of-selected", n = products)),
        PublishingScope::None => chip(Tone::Plain, &say!(reader, "told-nothing")),
    }
}

/// What is wrong with it, one by one.
pub(crate) fn troubles(reader: &Reader, one: &ConnectionHealth) -> Markup {
    let lacking = one.check.as_ref().map(|check| check.missing_rights.join(", ")).filter(|rights| !rights.is_empty());
    html! {
        @for task in one.tasks.iter().filter(|task| task.status == HealthStatus::Failing) {
            div {
                (reader.choice("task", &task.task))
                @if let Some(since) = task.failing_since { " " (say!(reader, "since", at = reader.clock(since))) }
            }
        }
        @if let Some(rights) = lacking { div { (say!(reader, "lacks", rights = rights)) } }
        @if let Some(circuit) = &one.circuit { div { (say!(reader, "no-calls-until", at = reader.clock(circuit.open_until))) } }
    }
}
