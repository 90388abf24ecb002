//! How a listing stands: whether it was told what it should show, or is not told on purpose.

use super::Connections;
use crate::World;
use crate::publish_stock::{NotTold, Outlets, Seen, figure, not_published, not_told, placed};
use crate::rows::ListingRow;
use domain::{Quantity, Want};
use jiff::Timestamp;

/// How a listing stands. One that nobody tells has no figure on its way, and none that it should show.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "shown")]
pub enum Standing {
    /// It was told what it should show.
    Right {
        /// That figure, in quota mode its share.
        target: Quantity,
    },
    /// A push is on its way.
    Pending {
        /// The figure it should show, in quota mode its share.
        target: Quantity,
        /// The push waits until then, UTC.
        #[schemars(with = "Option<String>")]
        put_off_until: Option<Timestamp>,
    },
    /// The last push failed.
    Problem {
        /// The figure it should show, in quota mode its share.
        target: Quantity,
        /// The next push waits until then, UTC.
        #[schemars(with = "Option<String>")]
        put_off_until: Option<Timestamp>,
        /// Why it failed.
        problem: String,
    },
    /// Nobody tells it, and that is as it should be.
    NotTold {
        /// On whose word.
        why: NotTold,
    },
    /// What it should show is not known: a row cannot be read, see `unreadable`.
    Unknown,
}

/// An article as its listings are judged by.
pub(super) struct Judge<'a> {
    pub(super) world: &'a World,
    pub(super) seen: &'a Seen,
    pub(super) connections: &'a Connections,
    /// Shared out among these; `None`: every channel shows all there is.
    pub(super) outlets: Option<Outlets>,
    known: bool,
}

impl<'a> Judge<'a> {
    pub(super) fn of(world: &'a World, seen: &'a Seen, connections: &'a Connections) -> Self {
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

    /// How it stands.
    pub(super) fn standing(&self, row: &ListingRow) -> Standing {
        let Some(connection) = self.connections.known.get(&row.connection) else {
            let lost = self.connections.is_lost(&row.connection);
            return if lost { Standing::Unknown } else { Standing::NotTold { why: NotTold::NotConfigured } };
        };
        if let Some(why) = not_published(connection, &row.sku) {
            return Standing::NotTold { why };
        }
        let Some(target) = self.target(row) else { return Standing::Unknown };
        if let Some(why) = not_told(self.world, &self.seen.present, connection, row) {
            return Standing::NotTold { why };
        }
        let told = self.outlets.as_ref().map_or(row.told == Some(target), |outlets| outlets.want(row) == Want::Rest);
        let put_off_until = row.put_off_until;
        match &row.problem {
            Some(problem) => Standing::Problem { target, put_off_until, problem: problem.clone() },
            // While a push holds it, or died with it, nobody knows what it was told.
            None if told && row.lease.is_none() => Standing::Right { target },
            None => Standing::Pending { target, put_off_until },
        }
    }
}
