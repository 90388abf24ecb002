//! The use cases of Sluis, by subject. They know the world only through `ports`.
//!
//! Each subject uses those below it and none above (`tests/infra`, `layers`). From the top: `attention`, `reconcile`, `views`; `listings`;
//! `publish`; `orders`; `invoices`; `buyers`; `connections`, `index`, `stock`; and at the bottom `rows`, with the modules that belong to no subject.

mod attention;
mod buyers;
mod cache;
mod connections;
mod first_named;
mod index;
mod invoices;
mod listings;
mod merchant;
mod messages;
mod orders;
mod park;
mod ports;
mod publish;
mod readable;
mod reconcile;
mod schema;
mod stock;
mod unreadable;

pub mod planted;
pub mod rows;
pub mod views;

pub use self::ports::Ports;
pub use attention::{call_for_attention, close_parked, dismiss_parked, put_attention_settings, retry_parked};
pub use buyers::{Erased, ask_for_buyer, erase_buyer, fetch_buyer, read_buyer};
pub use cache::Cache;
pub use connections::{
    Answering, ConnectorClient, Held, Received, Taken, Using, Watched, ask_for_check, authorize, check_connection,
    consent_address, held_for, keep_subscription, lacks, note_health, put_connection, put_stock_settings, receive_webhook,
    remove_connection, roll_out, set_publishing, take_notifications, tried, tried_in_vain, watch_connections,
};
pub use documents::is_mail_address;
pub use index::{CatchUp, Indexed, RebuildReport, ask_for_rebuild, catch_up, go_on_rebuilding, index_catalogue, index_order};
pub use invoices::{
    DeliveryReport, DocumentForm, InvoicesChecked, IssueReport, NoticesReport, archive_name, ask_for_accounting_check,
    check_accounting, check_invoice_settings, check_invoices, deliver_again, deliver_documents, documents_of, find_document,
    issue_due, issue_invoices, look_again, make_document, put_invoice_settings, put_vat_class, read_document,
    read_invoice_notices, store_documents,
};
pub use listings::{MatchReport, go_on_matching, match_by_hand, match_listings};
pub use merchant::put_merchant;
pub use orders::{
    Arrival, OrderCommand, Outcome, PollReport, ReturnsReport, accept_orders, check_mark, handle_order, poll_orders,
    poll_returns, sweep_outbox, tell_order,
};
pub use park::erase_parked;
pub use publish::{PricesReport, Pushed, publish_prices, publish_stock, put_prices, put_rule};
pub use reconcile::{BooksChecked, ReconcileLimits, Reconciled, check_books, reconcile};
pub use rows::StockChange;
pub use schema::{bring_up_schema, check_schema};
pub use stock::{
    Correction, Opening, Transfer, correct_stock, correct_stock_once, put_bundle, put_product, transfer_stock,
    transfer_stock_once,
};
pub use views::{ListingPreview, PublicationPreview, preview_publication};
