//! What people and other systems read: plain answers, ready to be shown.
//!
//! Nothing here writes, and nothing here shows a secret or what a customer wrote. Instants are UTC.

mod accounting;
mod attention;
mod buyer;
mod check;
mod drift;
mod drift_mail;
mod explain;
mod failing;
mod health;
mod held_down;
mod index_status;
mod invoice;
mod invoice_delivery;
mod invoice_settings;
mod invoices;
mod listings;
mod locations;
mod merchant;
mod movements;
mod order_list;
mod orders;
pub(crate) mod paging;
mod parked;
mod preview;
mod prices;
mod product_search;
mod pulse;
mod rules;
mod standing;
mod stock;
mod unreadable;
mod what_if;

pub use crate::publish::stock::NotPublished;
pub use crate::readable::{Unreadable, readable_connections};
pub use accounting::{AccountingCheck, AccountingSystem, AccountingVatCode, AccountingView, accounting};
pub use attention::{Attention, attention};
pub use buyer::{BuyerView, buyer};
pub use check::{CheckStatus, ConnectionCheck, connection_check};
pub use drift::{BooksDrift, ConnectionDrift, DifferenceView, DriftReport, drift};
pub use drift_mail::{DriftMail, drift_mail};
pub use explain::{
    ChannelLocationExplained, Explanation, FigureExplained, ListingExplained, PartExplained, PublicationExplained, PushState,
    RuleSource, Step, StepExplained, Term, TermCause, explain,
};
pub use failing::FailingConnection;
pub use health::{
    CircuitHealth, ConnectionHealth, Health, ListingsHealth, PublishingScope, RolloutHealth, SubscriptionHealth, TaskHealth,
    TokenHealth, TokenLifetime, health, settings_under_way,
};
pub use held_down::BlockingOrder;
pub use index_status::{IndexStatus, RebuildStatus, index_status};
pub use invoice::{
    InvoiceCharge, InvoiceChargeType, InvoiceLine, InvoiceVat, InvoiceVies, InvoiceView, VatRate, VatRule, invoice,
};
pub use invoice_delivery::InvoiceDeliveryView;
pub use invoice_settings::{
    InvoiceMoment, InvoiceScope, InvoiceSettingsView, InvoicedConnection, LegalEntityView, LocationAddress, SalesPoint,
    VatClassRate, invoice_settings,
};
pub use invoices::{
    InvoiceSummary, InvoiceType, InvoicesPage, OrderInvoices, WaitingInvoice, WaitingInvoices, invoices, order_invoices,
    waiting_invoices,
};
pub use listings::{ListingView, ListingsPage, listings};
pub use locations::{LocationView, Locations, locations};
pub use merchant::merchant;
pub use movements::{MovementCause, MovementView, MovementsPage, OrderShare, movements};
pub use order_list::{Leaving, OrderQuery, StageCount, leaving, order_list, stage_counts};
pub use orders::{OrderLineView, OrderView, RecentOrder, RecentOrders, order, recent_orders};
pub use paging::{MOST_PER_PAGE, PageRequest};
pub use parked::{Parked, ParkedType, ParkedView, parked};
pub use preview::{ListingPreview, PublicationPreview, preview_publication};
pub use prices::{PriceView, PricesPage, prices};
pub use pulse::pulse;
pub use rules::{ChangeView, ConnectionRule, RulesView, rules};
pub use standing::Publication;
pub use stock::{ComposedView, ListingStock, LocationStock, StockPage, StockView, stock, stock_page};
pub use what_if::{ListingWhatIf, ProductWhatIf, WhatIfReport, WhatIfRequest, WhatIfSums, what_if_report};

use crate::Ports;
use crate::readable::{Wanted, wanted};
use crate::rows::{ConnectionRow, ProductRow};
use domain::{ConnectionId, Product, Sku};
use ports::{Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// All connections.
struct Connections {
    /// By name.
    known: BTreeMap<ConnectionId, ConnectionRow>,
    /// Those of which the row cannot be read.
    unreadable: Vec<Unreadable>,
}

impl Connections {
    /// Whether one is configured, and nobody can read how.
    fn is_lost(&self, id: &ConnectionId) -> bool {
        let key = ConnectionRow::key(id);
        self.unreadable.iter().any(|one| one.is(&key))
    }

    /// That a view of this connection is of nothing; one that cannot be read is there all the same.
    fn expect(&self, id: &ConnectionId) -> Result<()> {
        if self.known.contains_key(id) || self.is_lost(id) {
            return Ok(());
        }
        Err(not_found(format!("there is no connection {id}")))
    }
}

/// All connections: read anew each time, so that a page shows a changed rule at once.
async fn connections(world: &Ports) -> Result<Connections> {
    let (rows, unreadable) = readable_connections(world).await?;
    Ok(Connections { known: rows.into_iter().map(|row| (row.id.clone(), row)).collect(), unreadable })
}

/// A product; one whose row cannot be read is known by its code alone, and noted.
async fn item(world: &Ports, sku: &Sku, noted: &mut Vec<Unreadable>) -> Result<Product> {
    match wanted::<ProductRow>(world, &ProductRow::key(sku), noted).await? {
        Wanted::Read(row) => Ok(row.0),
        Wanted::Unreadable => Ok(Product { sku: sku.clone(), ean: None, title: String::new(), variant: String::new() }),
        Wanted::Absent => Err(not_found(format!("there is no product {sku}"))),
    }
}

/// That there is such a connection; one that cannot be read is noted.
async fn expect_connection(world: &Ports, id: &ConnectionId, noted: &mut Vec<Unreadable>) -> Result<Option<ConnectionRow>> {
    match wanted::<ConnectionRow>(world, &ConnectionRow::key(id), noted).await? {
        Wanted::Read(row) => Ok(Some(row)),
        Wanted::Unreadable => Ok(None),
        Wanted::Absent => Err(not_found(format!("there is no connection {id}"))),
    }
}

fn not_found(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::NotFound, "view", what)
}
