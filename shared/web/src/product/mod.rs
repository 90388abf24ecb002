//! One product: figures, listings, rules, movements, and why each figure is what it is.

mod figures;

use crate::chip::{Tone, chip};
use crate::form::{Sent, with_problem};
use crate::paging::escaped;
use crate::products::figure;
use crate::publication::{listing_head, listing_row};
use crate::reader::{Reader, say};
use crate::unreadable::unreadable;
use crate::{Page, Place, explain, movements, rules};
use domain::Sku;
use engine::views::{Explanation, Health, Locations, MovementsPage, RulesView, StockView};
use maud::{Markup, html};

/// What the page of a product shows.
pub struct Details<'a> {
    /// The product with its figures.
    pub stock: &'a StockView,
    /// A page of its movements.
    pub movements: &'a MovementsPage,
    /// Where that page begins; none: with the newest.
    pub cursor: Option<&'a str>,
    /// Where stock may lie.
    pub locations: &'a Locations,
    /// Its rules.
    pub rules: &'a RulesView,
    /// How the connections are.
    pub health: &'a Health,
    /// Why its figures are what they are, where that was asked.
    pub explanation: Option<&'a Explanation>,
}

/// The page.
pub fn product(reader: &Reader, details: &Details<'_>, sent: Option<&Sent>) -> Page {
    let Details { stock, .. } = details;
    let item = &stock.product;
    let address = product_address(&item.sku);
    let named = [item.title.as_str(), item.variant.as_str(), item.ean.as_ref().map(domain::Ean::as_str).unwrap_or_default()];
    let named: Vec<&str> = named.into_iter().filter(|part| !part.is_empty()).collect();
    let body = html! {
        p { (named.join(" · ")) }
        (unreadable(reader, &stock.unreadable))
        p .chips {
            @if let Some(short) = stock.short.filter(|short| !short.is_zero()) { (chip(Tone::Bad, &say!(reader, "owed", n = short))) " " }
            @if stock.quota_mode == Some(true) { (chip(Tone::Plain, &say!(reader, "quota-mode"))) }
        }
        (figures::figures(reader, details, &address, sent))
        (consists(reader, stock))
        (listings(reader, details))
        (explain::section(reader, &address, &item.sku, details.explanation))
        (rules::section(reader, &address, details.rules, sent))
        (movements::section(reader, &address, details.movements, details.cursor))
    };
    Page { title: item.sku.to_string(), place: Place::Stock, every_s: 60, body: with_problem(reader, sent, body) }
}

fn consists(reader: &Reader, stock: &StockView) -> Markup {
    html! {
        @if !stock.components.is_empty() {
            section aria-labelledby="consists" {
                h2 #consists { (say!(reader, "bundle-holds")) }
                ul .rows { @for one in &stock.components { li { (reader.units(one.units)) " × " (product_link(&one.sku)) } } }
                p { (say!(reader, "bundles-possible")) ": " strong { (figure(reader, stock.available)) } }
                @if let Some(composed) = &stock.composed { p .soft { (say!(reader, "said-by", by = &composed.by, at = reader.clock(composed.at))) } }
            }
        }
        @if !stock.part_of.is_empty() {
            section aria-labelledby="part-of" {
                h2 #part-of { (say!(reader, "part-of")) }
                ul .rows { @for sku in &stock.part_of { li { (product_link(sku)) } } }
            }
        }
    }
}

fn listings(reader: &Reader, details: &Details<'_>) -> Markup {
    html! {
        section aria-labelledby="listings" {
            h2 #listings { (say!(reader, "channels")) }
            @if details.stock.listings.is_empty() { p .empty { (say!(reader, "listed-nowhere")) } } @else {
                table .cards {
                    caption .unseen { (say!(reader, "channels")) }
                    (listing_head(reader))
                    tbody { @for listing in &details.stock.listings { (listing_row(reader, listing, details.health)) } }
                }
                p .soft { (say!(reader, "observed-elsewhere")) }
            }
        }
    }
}

/// Where a product's own page is.
pub(crate) fn product_address(sku: &Sku) -> String {
    format!("/products/{}", escaped(sku.as_str()))
}

/// A link to a product.
pub(crate) fn product_link(sku: &Sku) -> Markup {
    html! { a .product href=(product_address(sku)) { (sku) } }
}
