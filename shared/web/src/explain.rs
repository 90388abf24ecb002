//! Why a product's figures are what they are.

use crate::chip::{Tone, chip};
use crate::paging::address;
use crate::publication::blocking;
use crate::reader::{Reader, say};
use crate::unreadable::{technical, unreadable};
use domain::Sku;
use engine::views::{Explanation, FigureExplained, ListingExplained, PublicationExplained, PushState, Step, StepExplained, Term};
use maud::{Markup, html};

/// The section of a product's page: a link, and what it leads to.
pub(crate) fn section(reader: &Reader, path: &str, sku: &Sku, explanation: Option<&Explanation>) -> Markup {
    html! {
        section aria-labelledby="why" {
            h2 #why { (say!(reader, "why")) }
            p { a .button href={ (address(path, &[("explain", "1")])) "#why" } aria-label={ (say!(reader, "explain")) ": " (sku) } { (say!(reader, "explain")) } }
            @if let Some(known) = explanation {
                p .soft { (reader.moment(known.at)) }
                (unreadable(reader, &known.unreadable))
                @for one in &known.locations { (figure(reader, one)) }
                @for one in &known.listings { (listing(reader, one)) }
            }
        }
    }
}

fn signed(reader: &Reader, units: i64) -> String {
    if units > 0 { format!("+{}", reader.number(units)) } else { reader.number(units) }
}

fn figure(reader: &Reader, one: &FigureExplained) -> Markup {
    html! {
        table .sums {
            caption { (one.location) }
            thead { tr {
                th scope="col" { (say!(reader, "movement")) }
                th scope="col" { (say!(reader, "available")) }
                th scope="col" { (say!(reader, "reserved")) }
                th scope="col" { (say!(reader, "last-time")) }
            } }
            tbody { @for term in &one.terms { (term_row(reader, term)) } }
            tfoot { tr {
                th scope="row" { (say!(reader, "together")) }
                td { (reader.number(one.sum.available)) }
                td { (reader.number(one.sum.reserved)) }
                td {}
            } }
        }
        @match (one.consistent, one.stock) {
            (Some(true), _) => {},
            (Some(false), Some(stock)) => p .problem role="alert" { (say!(reader, "not-the-sum", available = stock.available, reserved = stock.reserved)) },
            _ => p .problem { (say!(reader, "sum-unknown")) },
        }
    }
}

fn term_row(reader: &Reader, term: &Term) -> Markup {
    html! {
        tr {
            th scope="row" { (reader.choice("term", &term.cause)) @if let Some(connection) = &term.connection { " · " (connection) } }
            td { (signed(reader, term.available)) }
            td { (signed(reader, term.reserved)) }
            td { (reader.moment(term.last_at)) }
        }
    }
}

/// A step that its rule says nothing about.
fn is_idle(step: &StepExplained) -> bool {
    let says_nothing = match step.step {
        Step::Short | Step::SafetyStock | Step::PreOrder | Step::Minimum | Step::Paused => Some(0),
        Step::Percentage => Some(100),
        Step::Maximum => None,
        Step::Available | Step::Bundle | Step::ChannelTakes | Step::Share => return false,
    };
    step.setting == says_nothing
}

fn listing(reader: &Reader, one: &ListingExplained) -> Markup {
    html! {
        h3 { (one.connection) }
        @if one.leads_stock { p .soft { (say!(reader, "leads-stock")) } }
        @if let Some(target) = one.target_quantity {
            ol .rows {
                @for part in &one.parts {
                    li { strong { (reader.number(part.yields)) } " " (say!(reader, "part-yields", sku = part.sku.as_str(), available = part.available, units = part.units)) }
                }
                @for step in one.steps.iter().filter(|step| !is_idle(step)) { (step_row(reader, step)) }
                li { strong { (reader.units(target)) } " " (say!(reader, "is-to-be-shown")) }
                @for part in &one.channel_locations { li { strong { (reader.units(part.target_quantity)) } " " (say!(reader, "of-these-at", location = part.location.as_str())) } }
            }
        }
        p {
            @match one.published_quantity {
                Some(units) => (say!(reader, "was-told", n = units)),
                None => (say!(reader, "never-told")),
            }
            @if let Some(at) = one.published_at { " " (reader.moment(at)) }
        }
        (publication(reader, &one.publication))
        @if one.backorders { p .soft { (say!(reader, "backorders")) } }
    }
}

fn step_row(reader: &Reader, step: &StepExplained) -> Markup {
    html! {
        li {
            strong { (reader.number(step.units)) } " " (reader.choice("step", &step.step))
            @if let Some(setting) = step.setting.filter(|_| step.step != Step::Paused) { " (" (reader.number(setting)) ")" }
            @if let Some(source) = &step.set_by { " " span .soft { (reader.choice("set-by", source)) } }
        }
    }
}

fn publication(reader: &Reader, publication: &PublicationExplained) -> Markup {
    html! {
        @match publication {
            PublicationExplained::UpToDate(push) => p { (chip(Tone::Good, &say!(reader, "in-step"))) (pushes(reader, push)) },
            PublicationExplained::Pending(push) => p { (chip(Tone::Wait, &say!(reader, "updating"))) (pushes(reader, push)) },
            PublicationExplained::OnHold { orders, push } => { p { (chip(Tone::Wait, &say!(reader, "on-hold"))) (pushes(reader, push)) } (blocking(reader, orders)) },
            PublicationExplained::Failed(push) => { p { (chip(Tone::Bad, &say!(reader, "listing-problem"))) (pushes(reader, push)) } (technical(reader, &push.error)) },
            PublicationExplained::NotPublished { reason } => p { (chip(Tone::Plain, &say!(reader, "not-told-on-purpose"))) " " span .soft { (reader.choice("not-told", reason)) } },
            PublicationExplained::Unknown => p { (chip(Tone::Bad, &say!(reader, "publication-unknown"))) },
        }
    }
}

fn pushes(reader: &Reader, push: &PushState) -> Markup {
    html! {
        span .soft {
            @if let Some(until) = push.postponed_until { " " (say!(reader, "next-try", at = reader.clock(until))) }
            @if push.lease_expired { " " (say!(reader, "push-died")) }
            @if push.failures > 0 { " " (say!(reader, "push-failures", n = push.failures)) }
        }
    }
}
