//! Which listing of a connection is which product, and saying so by hand.

use crate::chip::{Tone, chip};
use crate::form::{Form, Sent, with_problem};
use crate::paging::{ends, escaped};
use crate::product::product_link;
use crate::reader::{Reader, say};
use crate::unreadable::unreadable;
use crate::{Page, Place};
use domain::{ConnectionId, MatchProblem, OfferId, Right, Sku};
use engine::views::{ListingView, ListingsPage};
use maud::{Markup, html};

/// What became of a file of matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Rows that were done.
    pub done: usize,
    /// Rows that say what held already.
    pub already_done: usize,
    /// Rows that were not done.
    pub not_done: usize,
}

/// The page: listings of a connection, or those alone that a person must match, from `cursor` on.
pub fn listings(
    reader: &Reader,
    connection: &ConnectionId,
    list: &ListingsPage,
    unmatched: bool,
    cursor: Option<&str>,
    sent: Option<&Sent>,
) -> Page {
    let address = format!("/channels/{}/listings", escaped(connection.as_str()));
    let only = if unmatched { "1" } else { "" };
    let body = html! {
        p { a href={ "/channels/" (escaped(connection.as_str())) } { (connection) } }
        nav .views aria-label=(say!(reader, "views")) {
            a href=(address) aria-current=[(!unmatched).then_some("true")] { (say!(reader, "all-listings")) }
            a href={ (address) "?unmatched=1" } aria-current=[unmatched.then_some("true")] { (say!(reader, "unmatched-listings")) }
        }
        (unreadable(reader, &list.unreadable))
        @if list.listings.is_empty() && list.unreadable.is_empty() && list.next.is_none() {
            p .empty { @if unmatched { (say!(reader, "none-unmatched")) } @else { (say!(reader, "no-listings")) } }
        }
        ul .rows { @for one in &list.listings { (listing(reader, one, &address, sent)) } }
        (ends(reader, &address, &[("unmatched", only)], list.next.as_deref(), cursor.is_none()))
    };
    let title =
        format!("{}: {connection}", if unmatched { say!(reader, "unmatched-listings") } else { say!(reader, "listings") });
    Page { title, place: Place::Channels, every_s: 300, body: with_problem(reader, sent, body) }
}

fn listing(reader: &Reader, one: &ListingView, address: &str, sent: Option<&Sent>) -> Markup {
    let offer = one.listing.offer.as_str();
    let codes = [one.listing.ean.as_ref().map(domain::Ean::as_str), one.listing.sku.as_ref().map(Sku::as_str)];
    let codes: Vec<&str> = codes.into_iter().flatten().collect();
    let form = Form::new(reader, address, ("match", Right::ManageCatalogue), offer, sent);
    let now = one.matched.as_ref().map(Sku::as_str).unwrap_or_default();
    let fields = html! {
        (form.text("sku", &say!(reader, "match-sku"), now, false, 64))
        p .soft { (say!(reader, "match-forget")) }
    };
    html! {
        li id={ "offer-" (offer) } {
            strong { @if one.listing.title.is_empty() { (offer) } @else { (one.listing.title) } } " "
            span .soft { (offer) @if !codes.is_empty() { " · " (codes.join(" · ")) } }
            p {
                @match &one.matched { Some(sku) => (product_link(sku)), None => (chip(Tone::Bad, &say!(reader, "no-product"))) }
                @if one.manual { " " span .soft { (say!(reader, "by-hand")) } }
                @if let Some(reason) = &one.not_published { " " (chip(Tone::Plain, &say!(reader, "not-told-on-purpose"))) " " span .soft { (reader.choice("not-told", reason)) } }
            }
            @if let Some(problem) = &one.match_problem { p { (match_problem(reader, problem)) } }
            (form.folded(&say!(reader, "match-listing"), &fields))
        }
    }
}

/// Why it is not clear which product a listing is.
pub(crate) fn match_problem(reader: &Reader, problem: &MatchProblem) -> String {
    match problem {
        MatchProblem::Unknown => say!(reader, "match-unknown"),
        MatchProblem::Ambiguous { skus } => {
            let skus: Vec<&str> = skus.iter().map(Sku::as_str).collect();
            say!(reader, "match-ambiguous", skus = skus.join(", "))
        }
        MatchProblem::Conflicting { by_ean, by_sku } => {
            say!(reader, "match-conflicting", ean = by_ean.as_str(), sku = by_sku.as_str())
        }
        MatchProblem::OtherSku { by_ean, sku } => say!(reader, "match-other-sku", ean = by_ean.as_str(), sku = sku.as_str()),
        MatchProblem::SharedStock { with, .. } => {
            let with: Vec<&str> = with.iter().map(OfferId::as_str).collect();
            say!(reader, "match-shared-stock", offers = with.join(", "))
        }
        MatchProblem::Condition { sku, condition } => say!(reader, "match-condition", sku = sku.as_str(), condition = condition),
    }
}

/// The page where a file of matches is pasted, and what became of it.
pub fn matches(reader: &Reader, imported: Option<Imported>, sent: Option<&Sent>) -> Page {
    let form = Form::new(reader, "/matches", ("matches", Right::ManageCatalogue), "", sent);
    let body = html! {
        @if let Some(Imported { done, already_done, not_done }) = imported {
            p .done role="status" { (say!(reader, "matched-rows", done = done, already = already_done, not = not_done)) }
        }
        p { (say!(reader, "matches-file-long")) }
        (form.form(&say!(reader, "send-matches"), &form.rows("rows", &say!(reader, "rows"))))
    };
    Page { title: say!(reader, "matches-file"), place: Place::Channels, every_s: 0, body: with_problem(reader, sent, body) }
}
