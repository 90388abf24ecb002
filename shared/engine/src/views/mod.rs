//! What people and other systems read: plain answers, ready to be shown.
//!
//! Nothing here writes, and nothing here shows a secret or what a customer wrote. Instants are UTC.

mod drift;
mod drift_mail;
mod explain;
mod health;
mod listings;
mod locations;
mod movements;
mod orders;
pub(crate) mod paging;
mod parked;
mod prices;
mod readable;
mod rules;
mod stock;
mod what_if;

pub use drift::{BooksDrift, ConnectionDrift, DifferenceView, DriftReport, drift};
pub use drift_mail::{DriftMail, drift_mail};
pub use explain::{
    Explanation, FigureExplained, ListingExplained, PartExplained, PlaceExplained, PushExplained, Step, StepExplained, Term,
    TermKind, Whence, explain,
};
pub use health::{
    ConnectionHealth, DutyView, GateHealth, Health, ItemsHealth, RolloutHealth, SubscriptionHealth, TokenHealth, TokenSort,
    health,
};
pub use listings::{ListingsPage, OfferView, listings};
pub use locations::{LocationView, Locations, locations};
pub use movements::{MovementCause, MovementView, MovementsPage, OrderShare, movements};
pub use orders::{OrderLineView, OrderView, RecentOrder, RecentOrders, order, recent_orders};
pub use paging::{MOST_PER_PAGE, PageRequest};
pub use parked::{Parked, ParkedView, parked};
pub use prices::{PriceView, PricesPage, prices};
pub use readable::{Unreadable, readable_connections};
pub use rules::{ChangeView, ConnectionRule, RulesView, rules};
pub use stock::{ListingStock, LocationStock, Shown, StockPage, StockView, stock, stock_page};
pub use what_if::{ArticlePlan, ListingPlan, PlanReport, PlanRequest, PlanSums, plan};

use crate::World;
use crate::rows::ConnectionRow;
use domain::ConnectionId;
use ports::{Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// All connections, by name: read anew each time, so that a page shows a changed rule at once.
async fn connections(world: &World) -> Result<BTreeMap<ConnectionId, ConnectionRow>> {
    // What cannot be read of them is named by their health.
    let (rows, _) = readable_connections(world).await?;
    Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
}

fn not_found(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::NotFound, "view", what)
}
