//! Pages for people: pure functions from a view and a reader to markup.
//!
//! Nothing here reads or writes: a page is handed what it shows, and says nothing reassuring that the view does not know. Every text stands in
//! `texts/`, in Dutch and in English. Pages are links and forms; the one script (`live.js`) keeps what is shown fresh, and nothing needs it.

mod amounts;
mod asset;
mod attention;
mod channel;
mod channels;
mod chip;
mod done;
mod explain;
mod field;
mod form;
mod frame;
mod index_status;
mod invoice;
mod invoices;
mod listings;
mod moment;
mod movements;
mod order;
mod orders;
mod paging;
mod preview;
mod problem;
mod product;
mod products;
mod publication;
mod reader;
mod rules;
mod ship_by;
mod sign_in;
mod texts;
mod today;
mod trouble;
mod unreadable;

pub use asset::{ASSETS, Asset};
pub use attention::attention;
pub use channel::channel;
pub use channels::channels;
pub use form::Sent;
pub use frame::{Place, part, whole};
pub use invoice::invoice;
pub use invoices::{invoice_type, invoices};
pub use listings::{Imported, listings, matches};
pub use maud::Markup;
pub use order::order;
pub use orders::{OrderFilter, OrdersBeside, Show, order_address, orders};
pub use preview::preview;
pub use problem::Problem;
pub use product::{Details, product};
pub use products::products;
pub use reader::{Reader, Signature};
pub use sign_in::sign_in;
pub use texts::Language;
pub use today::today;
pub use trouble::trouble;

/// A page: what stands between the frame's edges, and how it is called.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its title, as the window and the heading have it.
    pub title: String,
    /// Where in the navigation it stands.
    pub place: Place,
    /// Seconds after which it is looked at anew though nothing is known to have changed.
    pub every_s: u32,
    /// What is on it.
    pub body: Markup,
}

#[cfg(test)]
mod sample;

#[cfg(test)]
#[path = "texts_tests.rs"]
mod texts_tests;
