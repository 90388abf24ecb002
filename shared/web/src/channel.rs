//! One connection: how it is doing, what it is told, and its credentials.

use crate::channels::{publishing, status, troubles};
use crate::form::{Form, Sent, with_problem};
use crate::paging::escaped;
use crate::reader::{Reader, say};
use crate::unreadable::{technical, unreadable};
use crate::{Page, Place};
use domain::{HealthStatus, Right};
use engine::views::{CheckStatus, ConnectionCheck, ConnectionHealth, PublishingScope, TaskHealth, Unreadable};
use maud::{Markup, html};

/// The page.
pub fn channel(reader: &Reader, one: &ConnectionHealth, lost: &[Unreadable], sent: Option<&Sent>) -> Page {
    let address = format!("/channels/{}", escaped(one.connection.as_str()));
    let below = |name: &str| format!("{address}/{name}");
    let body = html! {
        p { (one.channel_title.as_deref().unwrap_or(one.channel.as_str())) " " (status(reader, one)) " " (publishing(reader, one)) }
        (unreadable(reader, lost))
        (troubles(reader, one))
        ul .links {
            li { a href=(below("listings")) { (say!(reader, "listings")) } }
            li { a href={ (below("listings")) "?unmatched=1" } { (say!(reader, "unmatched-listings")) } }
            li { a href=(below("preview")) { (say!(reader, "preview")) } }
            li { a href={ "/api/v1/connections/" (escaped(one.connection.as_str())) "/listings.csv" } download={ (one.connection) "-listings.csv" } { (say!(reader, "listings-file")) } }
        }
        (tasks(reader, one))
        (facts(reader, one))
        (mode(reader, one, &address, sent))
        (check(reader, one, &address, sent))
    };
    Page { title: one.connection.to_string(), place: Place::Channels, every_s: 30, body: with_problem(reader, sent, body) }
}

fn tasks(reader: &Reader, one: &ConnectionHealth) -> Markup {
    html! {
        section aria-labelledby="tasks" {
            h2 #tasks { (say!(reader, "how-it-goes")) }
            table .cards {
                caption .unseen { (say!(reader, "how-it-goes")) }
                thead { tr { th scope="col" { (say!(reader, "task")) } th scope="col" { (say!(reader, "outcome")) } th scope="col" { (say!(reader, "last-well")) } } }
                tbody { @for task in &one.tasks { (task_row(reader, task)) } }
            }
        }
    }
}

fn task_row(reader: &Reader, task: &TaskHealth) -> Markup {
    html! {
        tr {
            th scope="row" { (reader.choice("work", &task.task)) }
            td data-label=(say!(reader, "outcome")) {
                @match task.status {
                    HealthStatus::Ok => (say!(reader, "went-well")),
                    HealthStatus::Failing => { (reader.choice("task", &task.task)) @if let Some(since) = task.failing_since { " " (say!(reader, "since", at = reader.clock(since))) } },
                    HealthStatus::Unknown => (say!(reader, "never-tried-lately")),
                }
                @if let Some(since) = task.paused_since { p .soft { (say!(reader, "held-back-since", at = reader.clock(since))) } }
                (technical(reader, task.message.iter().chain(&task.paused_reason)))
            }
            td data-label=(say!(reader, "last-well")) {
                @match task.succeeded_at { Some(at) => (reader.moment(at)), None => (say!(reader, "never")) }
            }
        }
    }
}

fn facts(reader: &Reader, one: &ConnectionHealth) -> Markup {
    html! {
        section aria-labelledby="facts" {
            h2 #facts { (say!(reader, "how-far")) }
            p { @match (one.orders_read_until, one.cursor_age_s) {
                (Some(until), Some(age)) => (say!(reader, "orders-read-until", at = reader.clock(until), age = reader.span(age))),
                _ => (say!(reader, "orders-never-read")),
            } }
            @if let Some(listings) = &one.listings {
                @if listings.running { p { (say!(reader, "listings-being-read", n = listings.checked)) } }
                @else if let Some(at) = listings.ended_at { p { (say!(reader, "listings-read", n = listings.checked, at = reader.clock(at))) } }
            } @else { p { (say!(reader, "listings-never-read")) } }
            @if let Some(rollout) = &one.rollout { p { (say!(reader, "rollout", n = rollout.products_sent, at = reader.clock(rollout.changed_at))) } }
            (under_the_bonnet(reader, one))
        }
    }
}

/// What only whoever keeps the connection wants to know.
fn under_the_bonnet(reader: &Reader, one: &ConnectionHealth) -> Markup {
    html! {
        details .technical {
            summary { (say!(reader, "technical")) }
            @match &one.subscription {
                Some(hooks) => {
                    p { (say!(reader, "webhooks-checked", at = reader.clock(hooks.checked_at), n = hooks.valid.len())) }
                    @if !hooks.created.is_empty() { p { (say!(reader, "webhooks-created", topics = hooks.created.join(", "))) } }
                    @if !hooks.repaired.is_empty() { p { (say!(reader, "webhooks-repaired", topics = hooks.repaired.join(", "))) } }
                },
                None => p { (say!(reader, "webhooks-never-checked")) },
            }
            @if let Some(token) = &one.token {
                p { (reader.choice("token", &token.lifetime)) @if let Some(at) = token.expires_at { " " (say!(reader, "until", at = reader.clock(at))) } }
            }
            @if let Some(through) = one.orders_settled_through { p { (say!(reader, "settled-through", at = reader.clock(through))) } }
            @if let Some(circuit) = &one.circuit { p lang="en" { (circuit.reason) } }
        }
    }
}

fn mode(reader: &Reader, one: &ConnectionHealth, address: &str, sent: Option<&Sent>) -> Markup {
    let (now, words) = match one.publishing {
        PublishingScope::All => ("all", say!(reader, "mode-all")),
        PublishingScope::Selected { products } => ("selected", say!(reader, "mode-selected", n = products)),
        PublishingScope::None => ("none", say!(reader, "mode-none")),
    };
    let form = Form::new(reader, address, ("publish", Right::ManageConnections), "", sent);
    let choices = [
        ("none".to_owned(), say!(reader, "publish-none")),
        ("selected".to_owned(), say!(reader, "publish-selected")),
        ("all".to_owned(), say!(reader, "publish-all")),
    ];
    let fields = html! {
        (form.select("type", &say!(reader, "publishing"), &choices, now))
        (form.text("skus", &say!(reader, "selected-skus"), "", false, 10_000))
        p .soft { (say!(reader, "publish-preview-first")) " " a href={ (address) "/preview" } { (say!(reader, "preview")) } }
    };
    html! {
        section aria-labelledby="mode" {
            h2 #mode { (say!(reader, "publishing")) }
            p { (words) }
            (form.folded(&say!(reader, "change-publishing"), &fields))
        }
    }
}

fn check(reader: &Reader, one: &ConnectionHealth, address: &str, sent: Option<&Sent>) -> Markup {
    let form = Form::new(reader, address, ("check", Right::ManageConnections), "", sent);
    html! {
        section aria-labelledby="credentials" {
            h2 #credentials { (say!(reader, "credentials")) }
            @match &one.check { Some(check) => (checked(reader, check)), None => p { (say!(reader, "never-checked")) } }
            (form.folded(&say!(reader, "check-now"), &html! { p { (say!(reader, "check-now-long")) } }))
        }
    }
}

fn checked(reader: &Reader, check: &ConnectionCheck) -> Markup {
    html! {
        p {
            @match check.status {
                CheckStatus::Accepted => (say!(reader, "credentials-accepted")),
                CheckStatus::MissingRights => (say!(reader, "lacks", rights = check.missing_rights.join(", "))),
                CheckStatus::Rejected => (say!(reader, "credentials-rejected")),
                CheckStatus::Unknown => (say!(reader, "credentials-unknown")),
            }
            @if let Some(account) = &check.account { " · " (account) }
            @if let Some(at) = check.checked_at { " · " (reader.moment(at)) }
        }
        @if check.requested_at.is_some() { p .soft { (say!(reader, "check-requested")) } }
        (technical(reader, &check.message))
    }
}
