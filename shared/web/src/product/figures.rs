//! The figures of a product by location, and what changes them by hand.

use super::Details;
use crate::form::{Form, Sent};
use crate::reader::{Reader, say};
use domain::{Quantity, Right};
use engine::views::LocationStock;
use maud::{Markup, html};

pub(super) fn figures(reader: &Reader, details: &Details<'_>, address: &str, sent: Option<&Sent>) -> Markup {
    let stock = details.stock;
    html! {
        @if stock.components.is_empty() {
            section aria-labelledby="figures" {
                h2 #figures { (say!(reader, "locations")) }
                @if stock.locations.is_empty() { p .empty { (say!(reader, "lies-nowhere")) } }
                @for here in &stock.locations {
                    div .location id={ "at-" (here.location) } {
                        h3 { (here.location) }
                        dl .figures {
                            div { dt { (say!(reader, "on-hand")) } dd { (reader.units(here.on_hand)) } }
                            div { dt { (say!(reader, "reserved")) } dd { (reader.units(here.reserved)) } }
                            div { dt { (say!(reader, "available")) } dd { (reader.units(here.available)) } }
                        }
                        div .acts {
                            (count(reader, here, address, sent))
                            (correct(reader, here, address, sent))
                            (transfer(reader, here, details, address, sent))
                        }
                    }
                }
            }
        }
    }
}

fn count(reader: &Reader, here: &LocationStock, address: &str, sent: Option<&Sent>) -> Markup {
    let form = Form::new(reader, address, ("count", Right::AdjustStock), here.location.as_str(), sent);
    let most = Quantity::MAX.units();
    let fields = html! {
        (form.number("count", &say!(reader, "units-on-the-shelf"), &here.on_hand.to_string(), (0, most), true))
        (form.text("reason", &say!(reader, "reason"), "", true, 200))
    };
    form.folded(&say!(reader, "count"), &fields)
}

fn correct(reader: &Reader, here: &LocationStock, address: &str, sent: Option<&Sent>) -> Markup {
    let form = Form::new(reader, address, ("set", Right::AdjustStock), here.location.as_str(), sent);
    let most = Quantity::MAX.units();
    let fields = html! {
        (form.number("set", &say!(reader, "available"), &here.available.to_string(), (0, most), true))
        (form.text("reason", &say!(reader, "reason"), "", true, 200))
    };
    form.folded(&say!(reader, "correct"), &fields)
}

fn transfer(reader: &Reader, here: &LocationStock, details: &Details<'_>, address: &str, sent: Option<&Sent>) -> Markup {
    let others =
        details.locations.locations.iter().map(|one| one.location.to_string()).filter(|one| one != here.location.as_str());
    let others: Vec<_> = others.map(|one| (one.clone(), one)).collect();
    let form = Form::new(reader, address, ("transfer", Right::AdjustStock), here.location.as_str(), sent);
    let fields = html! {
        (form.select("to", &say!(reader, "to-location"), &others, ""))
        (form.number("units", &say!(reader, "units"), "1", (1, here.available.units()), true))
        (form.text("reason", &say!(reader, "reason"), "", true, 200))
    };
    html! { @if !others.is_empty() && !here.available.is_zero() { (form.folded(&say!(reader, "transfer"), &fields)) } }
}
