//! Every resource: its routes, what they take and what they answer, one file each.

mod adjustments;
mod attention;
mod bundles;
mod buyers;
mod cancellations;
mod checks;
mod connections;
mod drift;
mod health;
mod import;
mod listing_import;
mod listings;
mod locations;
mod order_actions;
mod orders;
mod page;
mod price_import;
mod prices;
mod products;
mod returns;
mod rules;
mod shipment_import;
mod shipments;
mod stock_import;
mod transfers;
mod what_if;

#[cfg(test)]
pub(crate) use page::SCRIPTS;

use crate::web::Context;
use aide::axum::ApiRouter;

/// What the document groups operations by, with a word about each.
#[cfg(test)]
pub(crate) const TAGS: [(&str, &str); 10] = [
    ("Products", "The merchant's catalogue with its stock, and why each figure is what it is."),
    ("Stock", "Adjustments, counts and transfers."),
    ("Rules", "What of the stock a channel is shown of a product, and what other rules would have done."),
    ("Orders", "Orders of all channels, and what the merchant does about them."),
    ("Returns", "Goods that come back."),
    ("Connections", "What each channel account may be told, and how it is doing."),
    ("Listings", "Products as they are offered on a connection."),
    ("Prices", "What products cost on a connection."),
    ("Attention", "What a person must decide."),
    ("Service", "The page and this document."),
];

/// All routes.
pub(crate) fn routes() -> ApiRouter<Context> {
    [
        page::routes(),
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
        connections::routes(),
        checks::routes(),
        listings::routes(),
        listing_import::routes(),
        prices::routes(),
        price_import::routes(),
        attention::routes(),
        drift::routes(),
        health::routes(),
    ]
    .into_iter()
    .fold(ApiRouter::new(), ApiRouter::merge)
}
