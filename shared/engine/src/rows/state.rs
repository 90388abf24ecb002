//! The small states of a connection, each a row of its own so that they never wait for each other.

use super::held::settled_for;
use super::{Kept, Products, broken, given, instant, json, millis, number, sortable, to_json};
use domain::{ConnectionId, OrderNumber, Sku};
use jiff::Timestamp;
use ports::{Key, Lane, Result, Row, Secret, SubscriptionState, Token};
use std::collections::BTreeMap;

fn key(connection: &ConnectionId, name: &str) -> Key {
    Key::new(format!("CONNECTION#{connection}"), name)
}

fn connection(row: &Row) -> Result<ConnectionId> {
    let id = row.key.pk.strip_prefix("CONNECTION#").ok_or_else(|| broken(&row.key, "the key is not a connection's"))?;
    Ok(ConnectionId::new(id)?)
}

/// An order that a poll found and that is not taken in yet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PendingOrder {
    /// Which.
    pub number: OrderNumber,
    /// The newest state that was found, by the channel's stamp, UTC.
    pub stamp: Option<Timestamp>,
    /// No change of it that is not taken in is older than this, UTC. The stamp tells only of the last one: an order that was placed,
    /// and then changed, was sold before its stamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When it was last put on the queue, UTC.
    pub asked_at: Timestamp,
    /// It is parked, and a person must decide about it: until then, what it may demand is not raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Products>,
}

/// How far its orders have been read (I7), and how far they are taken in (I5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// Everything changed before this instant (UTC) is on the queue or in the table.
    pub since: Timestamp,
    /// Everything changed before this instant (UTC) is in the table, but for the orders that wait for a person.
    pub settled_through: Option<Timestamp>,
    /// What is on the queue and not in the table.
    pub pending: Vec<PendingOrder>,
    /// There is more of that than is kept by name.
    pub more_pending: bool,
    /// A listing under way: its next page, and when it began, UTC.
    pub under_way: Option<(String, Timestamp)>,
    /// Counts the writes, for the condition.
    pub version: i64,
}

impl CursorRow {
    /// Its key.
    pub fn key(connection: &ConnectionId) -> Key {
        key(connection, "CURSOR")
    }

    /// Up to when (UTC) everything that the connection's orders demand of a product is in the table.
    pub fn settled_for(&self, sku: &Sku) -> Option<Timestamp> {
        settled_for(self.settled_through, &self.pending, sku)
    }

    /// Of a connection that was never polled.
    pub fn fresh(connection: ConnectionId, since: Timestamp) -> Self {
        Self { connection, since, settled_through: None, pending: Vec::new(), more_pending: false, under_way: None, version: 0 }
    }
}

impl Kept for CursorRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key(&self.connection)).text("since", sortable(self.since)).number("version", self.version);
        if let Some(settled) = self.settled_through {
            row = row.text("settled_through", sortable(settled));
        }
        if !self.pending.is_empty() {
            row = row.text("pending", to_json(&self.pending));
        }
        if self.more_pending {
            row = row.number("more_pending", 1);
        }
        match &self.under_way {
            Some((page, began)) => row.text("page", page.as_str()).text("began", sortable(*began)),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            connection: connection(row)?,
            since: given(row, "since", instant)?,
            settled_through: instant(row, "settled_through")?,
            pending: if row.get_text("pending").is_some() { json(row, "pending")? } else { Vec::new() },
            more_pending: row.get_number("more_pending").is_some(),
            under_way: row.get_text("page").map(str::to_owned).zip(instant(row, "began")?),
            version: number(row, "version")?,
        })
    }
}

/// The token all functions share, and who renews it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// The token; `None` while the first is being fetched.
    pub token: Option<Token>,
    /// Counts the tokens, for the condition.
    pub version: i64,
    /// One renews it until then, UTC; the others wait.
    pub renewed_until: Option<Timestamp>,
}

impl TokenRow {
    /// Its key.
    pub fn key(connection: &ConnectionId) -> Key {
        key(connection, "TOKEN")
    }
}

impl Kept for TokenRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key(&self.connection)).number("version", self.version);
        if let Some(until) = self.renewed_until {
            row = row.number("renewed_until", until.as_millisecond());
        }
        let Some(token) = &self.token else { return row };
        row = row.text("access", token.access.expose()).text("token_ends_at", sortable(token.expires_at));
        match &token.refresh {
            Some(refresh) => row.text("refresh", refresh.expose()),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let token = match (row.get_text("access"), instant(row, "token_ends_at")?) {
            (Some(access), Some(expires_at)) => {
                Some(Token { access: Secret::new(access), refresh: row.get_text("refresh").map(Secret::new), expires_at })
            }
            _ => None,
        };
        Ok(Self {
            connection: connection(row)?,
            token,
            version: number(row, "version")?,
            renewed_until: millis(row, "renewed_until")?,
        })
    }
}

/// Calls to the connection are held back: it asked for a pause, or does not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// No call of any kind until then, UTC.
    pub closed_until: Option<Timestamp>,
    /// Calls in a row without an answer.
    pub unanswered: i64,
    /// Why it is closed, for people.
    pub reason: String,
    /// Until when, UTC, calls against one of the channel's limits are held back: those of the lane, and of the lanes after it.
    pub held: BTreeMap<(String, Lane), Timestamp>,
}

impl GateRow {
    const HELD: &'static str = "held#";

    /// Its key.
    pub fn key(connection: &ConnectionId) -> Key {
        key(connection, "GATE")
    }

    /// A gate that is open.
    pub fn open(connection: ConnectionId) -> Self {
        Self { connection, closed_until: None, unanswered: 0, reason: String::new(), held: BTreeMap::new() }
    }

    /// Until when calls of a lane against a limit are held back, UTC.
    pub fn held_until(&self, bucket: &str, lane: Lane) -> Option<Timestamp> {
        let before = Lane::ALL.into_iter().filter(|one| *one <= lane);
        before.filter_map(|one| self.held.get(&(bucket.to_owned(), one)).copied()).max()
    }

    /// The name of the attribute that holds a lane back.
    pub(crate) fn held_name(bucket: &str, lane: Lane) -> String {
        format!("{}{bucket}#{}", Self::HELD, lane.name())
    }
}

impl Kept for GateRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key(&self.connection));
        if let Some(until) = self.closed_until {
            row = row.number("closed_until", until.as_millisecond()).text("reason", self.reason.as_str());
        }
        if self.unanswered > 0 {
            row = row.number("unanswered", self.unanswered);
        }
        for ((bucket, lane), until) in &self.held {
            row = row.number(&Self::held_name(bucket, *lane), until.as_millisecond());
        }
        row
    }

    fn from_row(row: &Row) -> Result<Self> {
        let mut held = BTreeMap::new();
        for name in row.attributes.keys() {
            let Some((bucket, lane)) = name.strip_prefix(Self::HELD).and_then(|name| name.rsplit_once('#')) else { continue };
            let lane = Lane::ALL.into_iter().find(|one| one.name() == lane);
            if let (Some(lane), Some(until)) = (lane, millis(row, name)?) {
                held.insert((bucket.to_owned(), lane), until);
            }
        }
        Ok(Self {
            connection: connection(row)?,
            closed_until: millis(row, "closed_until")?,
            unanswered: row.get_number("unanswered").unwrap_or(0),
            reason: row.get_text("reason").unwrap_or_default().to_owned(),
            held,
        })
    }
}

/// When orders may next be read for figures that wait to rise: one reads for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FenceRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// Not before then, UTC.
    pub next_at: Timestamp,
}

impl FenceRow {
    /// Its key.
    pub fn key(connection: &ConnectionId) -> Key {
        key(connection, "FENCE")
    }
}

impl Kept for FenceRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection)).number("next_at", self.next_at.as_millisecond())
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { connection: connection(row)?, next_at: given(row, "next_at", millis)? })
    }
}

/// Public keys that its deliveries are signed with, as fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// Keys by id, base64 of DER.
    pub keys: BTreeMap<String, String>,
    /// When they were fetched, UTC; `None`: they never were.
    pub fetched_at: Option<Timestamp>,
    /// When somebody last set out to fetch them, UTC. Later than `fetched_at`: they came to nothing, or are on their way.
    pub tried_at: Option<Timestamp>,
}

impl KeysRow {
    /// Where the last try is kept.
    pub(crate) const TRIED_AT: &str = "tried_at";

    /// Its key.
    pub fn key(connection: &ConnectionId) -> Key {
        key(connection, "KEYS")
    }
}

impl Kept for KeysRow {
    fn to_row(&self) -> Row {
        let row = Row::new(Self::key(&self.connection)).text("keys", to_json(&self.keys));
        let instants = [("fetched_at", self.fetched_at), (Self::TRIED_AT, self.tried_at)];
        instants.into_iter().fold(row, |row, (name, at)| match at {
            Some(at) => row.text(name, sortable(at)),
            None => row,
        })
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            connection: connection(row)?,
            keys: json(row, "keys")?,
            fetched_at: instant(row, "fetched_at")?,
            tried_at: instant(row, Self::TRIED_AT)?,
        })
    }
}

/// What the last look at its webhook subscription found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// When, UTC.
    pub checked_at: Timestamp,
    /// What.
    pub state: SubscriptionState,
}

impl SubscriptionRow {
    /// Its key.
    pub fn key(connection: &ConnectionId) -> Key {
        key(connection, "SUBSCRIPTION")
    }
}

impl Kept for SubscriptionRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection)).text("state", to_json(&self.state)).text("checked_at", sortable(self.checked_at))
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { connection: connection(row)?, checked_at: given(row, "checked_at", instant)?, state: json(row, "state")? })
    }
}
