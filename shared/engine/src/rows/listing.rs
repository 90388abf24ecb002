//! What one channel was told of one product, and the push under way.

use super::{PendingWrite, TypedRow, broken, instant, json, millis, sortable, to_json};
use domain::{ConnectionId, Counter, Expected, Listing, OfferId, Quantity, Sku, lasting, noted};
use jiff::{SignedDuration, Timestamp};
use ports::{Key, Result, Row};

/// A listing's publication state. `publish_stock` alone writes it, apart from its making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingRow {
    /// The product.
    pub sku: Sku,
    /// The channel account.
    pub connection: ConnectionId,
    /// The item there.
    pub listing: Listing,
    /// The figure the channel acknowledged last. `None`: never told, or the last answer is unknown.
    pub told: Option<Quantity>,
    /// The product's stock version that figure was worked out from: names the change, never the value (5, 4, 5 are two changes).
    pub told_version: Option<u64>,
    /// What the connection's orders had given back before the channel was looked at for that figure.
    pub told_back: u64,
    /// What it should show by its orders and by our own writes. `None`: not known.
    pub expected: Option<Expected>,
    /// When, UTC.
    pub told_at: Option<Timestamp>,
    /// When a push last lowered it, UTC.
    pub lowered_at: Option<Timestamp>,
    /// Until when the push under way holds the row, UTC. Past: that push died, its outcome is unknown.
    pub leased_until: Option<Timestamp>,
    /// Who holds it.
    pub lease: Option<String>,
    /// The figure changed while a push was under way: look again after it.
    pub again: bool,
    /// A push was put off until then, UTC, and a hint for it is on the queue.
    pub put_off_until: Option<Timestamp>,
    /// What was put off is a figure that may rise: what must fall does not wait for it.
    pub put_off_raise: bool,
    /// When that was noted, UTC.
    pub put_off_at: Option<Timestamp>,
    /// Failed pushes in a row.
    pub failures: u32,
    /// Why the last push failed, for people.
    pub problem: Option<String>,
    /// What is known of its counter, where the shop leads the stock.
    pub counter: Option<Counter>,
    /// Figures that the channel took, or may have taken, and has not put in force as far as is known; oldest first. While there is one, what
    /// it shows is any of these or `told`, and it is not raised.
    pub pending: Vec<PendingWrite>,
}

impl ListingRow {
    /// A push may hold a listing for this long. Longer than any function runs.
    pub const LEASE: SignedDuration = SignedDuration::from_secs(45);
    /// All listings of a product start so.
    pub const PREFIX: &'static str = "LISTING#";

    /// Its key, in the partition of the product's stock.
    pub fn key(sku: &Sku, connection: &ConnectionId, offer: &OfferId) -> Key {
        Key::new(format!("SKU#{sku}"), format!("{}{connection}#{offer}", Self::PREFIX))
    }

    /// Until when, as seen at `now`, a push of it is under way or put off, UTC.
    pub fn due_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.leased_until.and_then(|until| lasting(until, now, Self::LEASE)).max(self.put_off_until)
    }

    /// When its channel is to be asked next how far a write has come, UTC. `None`: nothing is pending.
    pub fn ask_at(&self) -> Option<Timestamp> {
        self.pending.iter().map(|pending| pending.ask_at).min()
    }

    /// A listing that was never told anything.
    pub fn fresh(sku: Sku, connection: ConnectionId, listing: Listing) -> Self {
        Self {
            sku,
            connection,
            listing,
            told: None,
            told_version: None,
            told_back: 0,
            expected: None,
            told_at: None,
            lowered_at: None,
            leased_until: None,
            lease: None,
            again: false,
            put_off_until: None,
            put_off_raise: false,
            put_off_at: None,
            failures: 0,
            problem: None,
            counter: None,
            pending: Vec::new(),
        }
    }
}

impl TypedRow for ListingRow {
    fn to_row(&self) -> Row {
        let mut row =
            Row::new(Self::key(&self.sku, &self.connection, &self.listing.offer)).text("listing", to_json(&self.listing));
        let numbers = [
            ("told", self.told.map(Quantity::units)),
            ("told_version", self.told_version.and_then(|v| i64::try_from(v).ok())),
            ("told_back", i64::try_from(self.told_back).ok().filter(|back| *back > 0)),
            ("expected", self.expected.map(|expected| expected.units)),
            ("expected_out", self.expected.and_then(|expected| i64::try_from(expected.out).ok())),
            ("leased_until", self.leased_until.map(Timestamp::as_millisecond)),
            ("put_off_until", self.put_off_until.map(Timestamp::as_millisecond)),
            ("put_off_raise", self.put_off_raise.then_some(1)),
            ("put_off_at", self.put_off_at.map(Timestamp::as_millisecond)),
            ("again", self.again.then_some(1)),
            ("failures", (self.failures > 0).then_some(i64::from(self.failures))),
        ];
        for (name, value) in numbers {
            if let Some(value) = value {
                row = row.number(name, value);
            }
        }
        let texts = [
            ("told_at", self.told_at.map(sortable)),
            ("lowered_at", self.lowered_at.map(sortable)),
            ("lease", self.lease.clone()),
            ("problem", self.problem.clone()),
            ("counter", self.counter.as_ref().map(to_json)),
            ("pending", (!self.pending.is_empty()).then(|| to_json(&self.pending))),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                row = row.text(name, value);
            }
        }
        row
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not a listing's");
        let sku = row.key.pk.strip_prefix("SKU#").ok_or_else(odd)?;
        let (connection, _) = row.key.sk.strip_prefix(Self::PREFIX).and_then(|k| k.split_once('#')).ok_or_else(odd)?;
        Ok(Self {
            sku: Sku::new(sku)?,
            connection: ConnectionId::new(connection)?,
            listing: json(row, "listing")?,
            told: row.get_number("told").map(Quantity::new).transpose()?,
            told_version: row.get_number("told_version").and_then(|v| u64::try_from(v).ok()),
            told_back: row.get_number("told_back").and_then(|back| u64::try_from(back).ok()).unwrap_or(0),
            expected: expected(row),
            told_at: instant(row, "told_at")?,
            lowered_at: instant(row, "lowered_at")?,
            leased_until: millis(row, "leased_until")?,
            lease: row.get_text("lease").map(str::to_owned),
            again: row.get_number("again").is_some(),
            put_off_until: millis(row, "put_off_until")?,
            put_off_raise: row.get_number("put_off_raise").is_some(),
            put_off_at: millis(row, "put_off_at")?,
            failures: row.get_number("failures").and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            problem: row.get_text("problem").map(str::to_owned),
            counter: row.get_text("counter").map(|_| json(row, "counter")).transpose()?,
            pending: if row.get_text("pending").is_some() { json(row, "pending")? } else { Vec::new() },
        })
    }

    /// What is beyond now in `lowered_at`, `leased_until` and `counter` stays: whoever takes the listing mends it in the table.
    fn believed_at(self, now: Timestamp) -> Self {
        Self {
            told_at: self.told_at.and_then(|at| noted(at, now)),
            pending: self.pending.into_iter().map(|pending| pending.believed_at(now)).collect(),
            // The hint that is on its way must not take itself for one that comes later.
            put_off_until: self.put_off_until.filter(|_| self.put_off_at.is_none_or(|at| noted(at, now).is_some())),
            ..self
        }
    }
}

fn expected(row: &Row) -> Option<Expected> {
    let out = row.get_number("expected_out").and_then(|out| u64::try_from(out).ok())?;
    Some(Expected { units: row.get_number("expected")?, out })
}
