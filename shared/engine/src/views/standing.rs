//! How a listing stands: whether it was told what it should show, or is not told on purpose.

use super::held_down::{BlockingOrder, held_down};
use super::{Connections, Unreadable};
use crate::Ports;
use crate::publish::stock::{NotPublished, Outlets, Seen, figure, not_published, not_told, placed};
use crate::rows::ListingRow;
use domain::{Quantity, Want};
use jiff::Timestamp;
use ports::Result;

/// How a listing stands. One that nobody tells has no figure on its way, and none that it should show.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Publication {
    /// It was told what it should show.
    UpToDate {
        /// That figure, in quota mode its share.
        target_quantity: Quantity,
    },
    /// A push is on its way.
    Pending {
        /// The figure it should show, in quota mode its share.
        target_quantity: Quantity,
        /// The push waits until then, UTC.
        #[schemars(with = "Option<String>")]
        postponed_until: Option<Timestamp>,
    },
    /// It should rise, and waits for a person: orders that may have sold some of it are not decided about.
    OnHold {
        /// The figure it should show, in quota mode its share.
        target_quantity: Quantity,
        /// Which orders, and which of their lines.
        orders: Vec<BlockingOrder>,
    },
    /// The last push failed.
    Failed {
        /// The figure it should show, in quota mode its share.
        target_quantity: Quantity,
        /// The next push waits until then, UTC.
        #[schemars(with = "Option<String>")]
        postponed_until: Option<Timestamp>,
        /// Why it failed.
        error: String,
    },
    /// Nobody tells it, and that is as it should be.
    NotPublished {
        /// On whose word.
        reason: NotPublished,
    },
    /// What it should show is not known: a row cannot be read, see `unreadable`.
    Unknown,
}

/// A product as its listings are judged by.
pub(super) struct Judge<'a> {
    pub(super) world: &'a Ports,
    pub(super) seen: &'a Seen,
    pub(super) connections: &'a Connections,
    /// Shared out among these; `None`: every channel shows all there is.
    pub(super) outlets: Option<Outlets>,
    known: bool,
}

impl<'a> Judge<'a> {
    pub(super) fn of(world: &'a Ports, seen: &'a Seen, connections: &'a Connections) -> Self {
        let present = &seen.present;
        let outlets = Outlets::of(world, present, &placed(world, present, &connections.known));
        // What one of them may sell depends on all the others.
        let all = seen.listings_are_known() && !present.listings.iter().any(|row| connections.is_lost(&row.connection));
        Self { world, seen, connections, known: seen.figures_are_known() && (all || outlets.is_none()), outlets }
    }

    /// What it should show, or of one that is not told: would be told. `None`: nobody knows, or its connection is no longer configured.
    pub(super) fn target(&self, row: &ListingRow) -> Option<Quantity> {
        let connection = self.connections.known.get(&row.connection).filter(|_| self.known)?;
        let shared = self.outlets.as_ref().and_then(|outlets| outlets.exposure(row).or(outlets.share(row)));
        Some(shared.unwrap_or_else(|| figure(self.world, &self.seen.present, connection)))
    }

    /// How it stands. Rows that cannot be read are noted.
    pub(super) async fn standing(&self, row: &ListingRow, noted: &mut Vec<Unreadable>) -> Result<Publication> {
        let standing = self.told(row);
        let Publication::Pending { target_quantity: target, .. } = standing else { return Ok(standing) };
        let rises = match &self.outlets {
            Some(outlets) => outlets.want(row) == Want::Grow,
            None => row.told.is_none_or(|told| told < target),
        };
        let orders = if rises { held_down(self.world, &self.seen.present, row, noted).await? } else { Vec::new() };
        Ok(if orders.is_empty() { standing } else { Publication::OnHold { target_quantity: target, orders } })
    }

    /// As far as what it was told tells.
    fn told(&self, row: &ListingRow) -> Publication {
        let Some(connection) = self.connections.known.get(&row.connection) else {
            let lost = self.connections.is_lost(&row.connection);
            return if lost { Publication::Unknown } else { Publication::NotPublished { reason: NotPublished::NotConfigured } };
        };
        if let Some(reason) = not_published(connection, &row.sku) {
            return Publication::NotPublished { reason };
        }
        let Some(target) = self.target(row) else { return Publication::Unknown };
        if let Some(reason) = not_told(self.world, &self.seen.present, connection, row) {
            return Publication::NotPublished { reason };
        }
        let told = self.outlets.as_ref().map_or(row.told == Some(target), |outlets| outlets.want(row) == Want::Rest);
        let (target_quantity, postponed_until) = (target, row.put_off_until);
        match &row.problem {
            Some(problem) => Publication::Failed { target_quantity, postponed_until, error: problem.clone() },
            // While a push holds it, or died with it, nobody knows what it was told.
            None if told && row.lease.is_none() => Publication::UpToDate { target_quantity },
            None => Publication::Pending { target_quantity, postponed_until },
        }
    }
}
