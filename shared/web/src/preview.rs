//! What a connection would be told, beside what it shows now and what it was told.

use crate::chip::{Tone, chip};
use crate::listings::match_problem;
use crate::paging::{ends, escaped};
use crate::product::product_link;
use crate::reader::{Reader, say};
use crate::unreadable::{technical, unreadable};
use crate::{Page, Place};
use domain::ConnectionId;
use engine::{ListingPreview, PublicationPreview};
use maud::{Markup, html};

/// The page, from `cursor` on. The channel was asked just now.
pub fn preview(reader: &Reader, connection: &ConnectionId, list: &PublicationPreview, cursor: Option<&str>) -> Page {
    let address = format!("/channels/{}/preview", escaped(connection.as_str()));
    let body = html! {
        p { a href={ "/channels/" (escaped(connection.as_str())) } { (connection) } }
        p { (say!(reader, "preview-long")) }
        (unreadable(reader, &list.unreadable))
        @if list.listings.is_empty() && list.next.is_none() { p .empty { (say!(reader, "no-listings")) } }
        table .cards {
            caption .unseen { (say!(reader, "preview")) }
            thead { tr {
                th scope="col" { (say!(reader, "listing")) }
                th scope="col" { (say!(reader, "product")) }
                th scope="col" { (say!(reader, "observed-quantity")) }
                th scope="col" { (say!(reader, "would-be-told")) }
            } }
            tbody { @for one in &list.listings { (row(reader, one)) } }
        }
        (ends(reader, &address, &[], list.next.as_deref(), cursor.is_none()))
    };
    Page { title: format!("{}: {connection}", say!(reader, "preview")), place: Place::Channels, every_s: 0, body }
}

fn row(reader: &Reader, one: &ListingPreview) -> Markup {
    html! {
        tr {
            th scope="row" { @if one.title.is_empty() { (one.offer) } @else { (one.title) } " " span .soft { (one.offer) } }
            td data-label=(say!(reader, "product")) {
                @match (&one.sku, &one.match_problem) {
                    (Some(sku), _) => (product_link(sku)),
                    (None, Some(problem)) => { (chip(Tone::Bad, &say!(reader, "no-product"))) p .soft { (match_problem(reader, problem)) } },
                    (None, None) => (chip(Tone::Bad, &say!(reader, "no-product"))),
                }
            }
            td data-label=(say!(reader, "observed-quantity")) {
                @match (&one.error, one.observed_quantity) {
                    (Some(error), _) => { (chip(Tone::Bad, &say!(reader, "could-not-be-asked"))) (technical(reader, [error])) },
                    (None, Some(units)) => (reader.units(units)),
                    (None, None) => span .soft { (say!(reader, "not-known")) },
                }
            }
            td data-label=(say!(reader, "would-be-told")) {
                @match one.target_quantity {
                    Some(units) => strong { (reader.units(units)) },
                    None if one.not_tracked => (say!(reader, "nothing-not-tracked")),
                    None => (say!(reader, "nothing")),
                }
                @if one.published { " " (chip(Tone::Good, &say!(reader, "already-told-of"))) }
                @if one.backorders { p .soft { (say!(reader, "backorders")) } }
            }
        }
    }
}
