//! Products with their stock.

use crate::chip::{Tone, chip};
use crate::paging::ends;
use crate::product::product_link;
use crate::publication::{listing_head, listing_row};
use crate::reader::{Reader, say};
use crate::unreadable::unreadable;
use crate::{Page, Place};
use domain::Quantity;
use engine::views::{Health, StockPage, StockView};
use maud::{Markup, html};

/// The page: products that hold `q`, from `cursor` on.
pub fn products(reader: &Reader, list: &StockPage, health: &Health, q: &str, cursor: Option<&str>) -> Page {
    let body = html! {
        form .search method="get" action=(Place::Stock.address()) role="search" {
            label for="q" { (say!(reader, "search-products")) }
            input #q type="search" name="q" value=(q) maxlength="64" autocomplete="off" spellcheck="false";
            button type="submit" { (say!(reader, "search")) }
        }
        (unreadable(reader, &list.unreadable))
        @if list.index_up_to_date == Some(false) { p .problem role="status" { (say!(reader, "search-behind")) } }
        @if list.products.is_empty() && list.unreadable.is_empty() { p .empty { (none(reader, list, q)) } }
        @for one in &list.products { (row(reader, one, health)) }
        (ends(reader, Place::Stock.address(), &[("q", q)], list.next.as_deref(), cursor.is_none()))
    };
    Page { title: say!(reader, "stock"), place: Place::Stock, every_s: 300, body }
}

/// A page without products is the end only if none follows.
fn none(reader: &Reader, list: &StockPage, q: &str) -> String {
    match (list.next.is_some(), q.is_empty()) {
        (true, _) => say!(reader, "none-yet-found", q = q),
        (false, true) => say!(reader, "no-products"),
        (false, false) => say!(reader, "none-found", q = q),
    }
}

/// A figure, or that nobody knows it.
pub(crate) fn figure(reader: &Reader, units: Option<Quantity>) -> String {
    units.map_or_else(|| say!(reader, "not-known"), |units| reader.units(units))
}

fn row(reader: &Reader, one: &StockView, health: &Health) -> Markup {
    let product = &one.product;
    let on_hand = one.available.zip(one.reserved).map(|(available, reserved)| available.plus(reserved));
    html! {
        article id={ "product-" (product.sku) } {
            h2 { (product_link(&product.sku)) " " small { (product.title) @if !product.variant.is_empty() { " · " (product.variant) } } }
            dl .figures {
                @if one.components.is_empty() { div { dt { (say!(reader, "on-hand")) } dd { (figure(reader, on_hand)) } } }
                div { dt { (say!(reader, "reserved")) } dd { (figure(reader, one.reserved)) } }
                div { dt { (say!(reader, "available")) } dd { (figure(reader, one.available)) } }
            }
            p .chips {
                @if let Some(short) = one.short.filter(|short| !short.is_zero()) { (chip(Tone::Bad, &say!(reader, "owed", n = short))) " " }
                @if one.quota_mode == Some(true) { (chip(Tone::Plain, &say!(reader, "quota-mode"))) " " }
                @if !one.components.is_empty() { (chip(Tone::Plain, &say!(reader, "bundle"))) }
            }
            (unreadable(reader, &one.unreadable))
            @if one.listings.is_empty() { p .soft { (say!(reader, "listed-nowhere")) } } @else {
                table .cards {
                    caption .unseen { (say!(reader, "channels")) " " (product.sku) }
                    (listing_head(reader))
                    tbody { @for listing in &one.listings { (listing_row(reader, listing, health)) } }
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "products_tests.rs"]
mod tests;
