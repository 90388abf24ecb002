//! What stands around every page: the merchant's name, the navigation, the language.

use crate::asset::ASSETS;
use crate::reader::{Reader, Signature, say};
use crate::texts::Language;
use crate::{Page, done};
use maud::{DOCTYPE, Markup, html};

/// Where a page stands in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// What is to be done today.
    Today,
    /// What a person must decide.
    Attention,
    /// Orders.
    Orders,
    /// Products and their stock.
    Stock,
    /// Invoices and credit notes.
    Invoices,
    /// Connections to channels.
    Channels,
}

impl Place {
    const ALL: [Self; 6] = [Self::Today, Self::Attention, Self::Orders, Self::Stock, Self::Invoices, Self::Channels];
    /// Entries that a telephone has room for beside *more*.
    const ON_A_TELEPHONE: usize = 4;

    /// Its address.
    pub fn address(self) -> &'static str {
        match self {
            Self::Today => "/today",
            Self::Attention => "/attention",
            Self::Orders => "/orders",
            Self::Stock => "/products",
            Self::Invoices => "/invoices",
            Self::Channels => "/channels",
        }
    }

    fn name(self, reader: &Reader) -> String {
        match self {
            Self::Today => say!(reader, "today"),
            Self::Attention => say!(reader, "attention"),
            Self::Orders => say!(reader, "orders"),
            Self::Stock => say!(reader, "stock"),
            Self::Invoices => say!(reader, "invoices"),
            Self::Channels => say!(reader, "channels"),
        }
    }
}

/// A whole page.
pub fn whole(reader: &Reader, page: &Page) -> Markup {
    let [style, script, sign] = &*ASSETS;
    let merchant = reader.merchant.as_deref().unwrap_or("Sluis");
    html! {
        (DOCTYPE)
        html lang=(reader.language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="icon" href=(sign.address);
                link rel="stylesheet" href=(style.address);
                script type="module" src=(script.address) {}
                title { (page.title) @if let Some(merchant) = &reader.merchant { " · " (merchant) } " · Sluis" }
            }
            body {
                a .skip href="#main" { (say!(reader, "skip")) }
                header {
                    a .merchant href=(Place::Today.address()) { (merchant) }
                    (whoever(reader))
                    (languages(reader))
                }
                @if reader.role.is_some() { (navigation(reader, page.place)) }
                p #contact role="status" hidden data-lost=(say!(reader, "contact-lost", at = "{at}")) {}
                (part(reader, page))
            }
        }
    }
}

/// The part of a page that changes with what it shows.
pub fn part(reader: &Reader, page: &Page) -> Markup {
    html! {
        main #main tabindex="-1" data-every=(page.every_s) data-pulse=(reader.pulse) {
            (done::told(reader))
            h1 { (page.title) }
            (page.body)
        }
    }
}

fn navigation(reader: &Reader, here: Place) -> Markup {
    let link = |place: Place| {
        html! { a href=(place.address()) aria-current=[(place == here).then_some("page")] { (place.name(reader)) } }
    };
    let (first, rest) = Place::ALL.split_at(Place::ON_A_TELEPHONE);
    html! {
        nav #places aria-label=(say!(reader, "navigation")) {
            ul {
                @for place in first { li { (link(*place)) } }
                @for place in rest { li .wide { (link(*place)) } }
                li .narrow {
                    details {
                        summary { (say!(reader, "more")) }
                        ul { @for place in rest { li { (link(*place)) } } }
                    }
                }
            }
        }
    }
}

/// Who reads, and the way out for who came in by signing in.
fn whoever(reader: &Reader) -> Markup {
    let (Signature::Known(name), Some(role)) = (&reader.signature, reader.role) else { return html! {} };
    html! {
        p .whoever { span { (name) } " " span .soft { (reader.choice("role", &role)) } }
        @if reader.signed_in {
            form .sign-out method="post" action="/sign-out" { button type="submit" { (say!(reader, "sign-out")) } }
        }
    }
}

/// A form, so that it works without a script; where the reader was is where they come back to.
fn languages(reader: &Reader) -> Markup {
    html! {
        form .languages method="post" action="/language" {
            input type="hidden" name="back" value=(reader.address);
            @for language in Language::ALL {
                button type="submit" name="language" value=(language.code()) lang=(language.code()) title=(language.name())
                    aria-pressed=(if language == reader.language { "true" } else { "false" }) {
                    (language.code().to_uppercase())
                }
            }
        }
    }
}
