//! Pages for people, one file each: what is read is what the API's resource reads, what is done is what it does, and `web` makes the markup.

mod assets;
mod attention;
mod channel;
mod channels;
mod entered;
mod invoice;
mod invoices;
mod language;
mod listings;
mod order;
mod orders;
mod preview;
mod product;
mod products;
mod pulse;
mod today;
mod visit;

use crate::web::Context;
use axum::Router;
use axum::routing::{get, post};

/// Paths with parameters that may hold slashes, which a gateway may have decoded.
pub(crate) const PATHS: [&str; 5] = [
    "/orders/{connection}/{order}",
    "/products/{sku}",
    "/invoices/{invoice}",
    "/channels/{connection}/listings",
    "/channels/{connection}/preview",
];

/// All of them.
pub(crate) fn routes() -> Router<Context> {
    Router::new()
        .route("/", get(today::front))
        .route("/today", get(today::page))
        .route("/attention", get(attention::page).post(attention::act))
        .route("/orders", get(orders::page))
        .route("/orders/{connection}/{order}", get(order::page).post(order::act))
        .route("/products", get(products::page))
        .route("/products/{sku}", get(product::page).post(product::act))
        .route("/invoices", get(invoices::page))
        .route("/invoices/{invoice}", get(invoice::page).post(invoice::act))
        .route("/channels", get(channels::page))
        .route("/channels/{connection}", get(channel::page).post(channel::act))
        .route("/channels/{connection}/listings", get(listings::page).post(listings::act))
        .route("/channels/{connection}/preview", get(preview::page))
        .route("/matches", get(listings::file_page).post(listings::send_file))
        .route("/language", post(language::choose))
        .route("/pulse", get(pulse::pulse))
        .route("/assets/{name}", get(assets::asset))
}
