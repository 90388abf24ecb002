//! Every resource: its routes, what they take and what they answer, one file each.

mod accounting;
pub(crate) mod adjustments;
pub(crate) mod attention;
mod bundles;
mod buyers;
pub(crate) mod cancellations;
pub(crate) mod checks;
pub(crate) mod connections;
mod drift;
mod health;
mod import;
mod index;
pub(crate) mod invoices;
pub(crate) mod listing_import;
pub(crate) mod listings;
mod locations;
mod machine_tokens;
mod openapi;
pub(crate) mod order_actions;
pub(crate) mod orders;
mod price_import;
mod prices;
pub(crate) mod products;
pub(crate) mod returns;
pub(crate) mod rules;
mod shipment_import;
pub(crate) mod shipments;
mod stock_import;
pub(crate) mod transfers;
mod users;
mod what_if;

use crate::web::Context;
use aide::axum::ApiRouter;

/// What the document groups operations by, with a word about each.
#[cfg(test)]
pub(crate) const TAGS: [(&str, &str); 13] = [
    ("Products", "The merchant's catalogue with its stock, and why each figure is what it is."),
    ("Stock", "Adjustments, counts and transfers."),
    ("Rules", "What of the stock a channel is shown of a product, and what other rules would have done."),
    ("Orders", "Orders of all channels, and what the merchant does about them."),
    ("Returns", "Goods that come back."),
    ("Invoices", "What was invoiced and credited, and what waits for a document."),
    ("Connections", "What each channel account may be told, and how it is doing."),
    ("Listings", "Products as they are offered on a connection."),
    ("Prices", "What products cost on a connection."),
    ("Attention", "What a person must decide."),
    ("Index", "By what orders and products are listed and found."),
    ("Users", "Who may sign in on one machine, and programs that ask with a token of their own."),
    ("Service", "This document."),
];

/// All routes.
pub(crate) fn routes() -> ApiRouter<Context> {
    [
        products::routes(),
        bundles::routes(),
        rules::routes(),
        what_if::routes(),
        adjustments::routes(),
        transfers::routes(),
        stock_import::routes(),
        locations::routes(),
        orders::routes(),
        buyers::routes(),
        shipments::routes(),
        shipment_import::routes(),
        cancellations::routes(),
        returns::routes(),
        order_actions::routes(),
        invoices::routes(),
        accounting::routes(),
        connections::routes(),
        checks::routes(),
        listings::routes(),
        listing_import::routes(),
        prices::routes(),
        price_import::routes(),
        attention::routes(),
        drift::routes(),
        health::routes(),
        index::routes(),
        users::routes(),
        machine_tokens::routes(),
        openapi::routes(),
    ]
    .into_iter()
    .fold(ApiRouter::new(), ApiRouter::merge)
}
