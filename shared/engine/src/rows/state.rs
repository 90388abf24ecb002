//! The small states of a connection, each a row of its own so that they never wait for each other.

use super::settled::settled_for;
use super::{Products, TypedRow, broken, given, instant, json, millis, number, sortable, to_json};
use domain::{ConnectionId, OrderNumber, Sku, lasting, noted};
use jiff::{SignedDuration, Timestamp};
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
    /// It changed twice in the second of its stamp: it is in once it was read after that second.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub same_stamp: bool,
    /// When it was last put on the queue, UTC.
    pub asked_at: Timestamp,
    /// It is parked, and a person must decide about it: until then, what it may demand is not raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Products>,
    /// It stands in the list and cannot be asked for: `number` is what it was called to a person, and this is what that is about
    /// (`NotedRow`). It waits until that is dismissed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// Between two places of a cursor's trail.
const APART: SignedDuration = SignedDuration::from_mins(10);
const LONGEST_TRAIL: usize = 16;

/// How far its orders have been read (I7), and how far they are taken in (I5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// Everything changed before this instant (UTC) is on the queue or in the table.
    pub since: Timestamp,
    /// Where it stood before, some minutes apart, oldest first: for when it turns out to have been moved by a clock that was ahead.
    pub trail: Vec<Timestamp>,
    /// Everything changed before this instant (UTC) is in the table, but for the orders that wait for a person.
    pub settled_through: Option<Timestamp>,
    /// What is on the queue and not in the table.
    pub pending: Vec<PendingOrder>,
    /// There is more of that than is kept by name.
    pub more_pending: bool,
    /// A listing under way: its next page, and when it began, UTC.
    pub under_way: Option<(String, Timestamp)>,
    /// Where the next poll goes on reading open orders again; `None`: at the newest.
    pub reread: Option<Reread>,
    /// Counts the writes, for the condition.
    pub version: i64,
}

/// A place among the orders that the journal names, newest first, of one pass through them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reread {
    /// The day, UTC.
    pub day: Timestamp,
    /// The last row of it that is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Orders of the connection in the next row that are done.
    #[serde(default)]
    pub done: usize,
    /// When the pass began, UTC.
    pub began: Timestamp,
    /// The pass ends with this day, UTC: before it, nothing was open. `None`: it goes as far back as the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_to: Option<Timestamp>,
    /// The oldest day of this pass with an open order, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_on: Option<Timestamp>,
    /// When a pass last came to the end of the journal, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_at: Option<Timestamp>,
    /// Orders were listed, or waited to be taken in, since it began: the journal may name some that it did not come past.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub news: bool,
    /// The pass is at its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_over: bool,
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
        Self {
            connection,
            since,
            trail: Vec::new(),
            settled_through: None,
            pending: Vec::new(),
            more_pending: false,
            under_way: None,
            reread: None,
            version: 0,
        }
    }

    /// As a poll believes it, UTC: nobody moves it past `reached`, which is now less the lag, but a connection begins at its `start`. What stands
    /// further ahead than our clocks differ was moved by one that was wrong, and goes back to where it last stood before.
    #[must_use]
    pub fn believed_behind(mut self, reached: Timestamp, start: Timestamp) -> Self {
        let most = reached.max(start);
        if self.since <= most {
            return self;
        }
        if noted(self.since, reached).is_none() {
            self.trail.retain(|at| *at <= reached);
            self.since = self.trail.last().copied().unwrap_or(start);
            self.settled_through = None;
        }
        // Pages of a list under way only fit the instant that it was asked from.
        self.under_way = None;
        self.since = self.since.min(most);
        self
    }

    /// Moved to `since`.
    #[must_use]
    pub fn moved_to(mut self, since: Timestamp) -> Self {
        if self.trail.last().is_none_or(|last| self.since.duration_since(*last) >= APART) && since > self.since {
            self.trail.push(self.since);
            let over = self.trail.len().saturating_sub(LONGEST_TRAIL);
            self.trail.drain(..over);
        }
        self.since = since;
        self
    }
}

impl TypedRow for CursorRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key(&self.connection)).text("since", sortable(self.since)).number("version", self.version);
        if let Some(settled) = self.settled_through {
            row = row.text("settled_through", sortable(settled));
        }
        if !self.trail.is_empty() {
            row = row.text("trail", to_json(&self.trail));
        }
        if !self.pending.is_empty() {
            row = row.text("pending", to_json(&self.pending));
        }
        if let Some(reread) = &self.reread {
            row = row.text("reread", to_json(reread));
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
            trail: if row.get_text("trail").is_some() { json(row, "trail")? } else { Vec::new() },
            settled_through: instant(row, "settled_through")?,
            pending: if row.get_text("pending").is_some() { json(row, "pending")? } else { Vec::new() },
            more_pending: row.get_number("more_pending").is_some(),
            under_way: row.get_text("page").map(str::to_owned).zip(instant(row, "began")?),
            reread: row.get_text("reread").map(|_| json(row, "reread")).transpose()?,
            version: number(row, "version")?,
        })
    }

    /// A cursor beyond now goes back to where it last stood before; without a trail the list begins at the connection's start.
    fn believed_at(mut self, now: Timestamp) -> Self {
        if noted(self.since, now).is_none() {
            self.trail.retain(|at| noted(*at, now).is_some());
            self.since = self.trail.last().copied().unwrap_or(Timestamp::UNIX_EPOCH);
            (self.settled_through, self.under_way) = (None, None);
        }
        self.settled_through = self.settled_through.filter(|at| noted(*at, now).is_some());
        self.under_way = self.under_way.filter(|(_, began)| noted(*began, now).is_some());
        let of_reread = |place: &Reread| [Some(place.day), Some(place.began), place.whole_at, place.open_on, place.back_to];
        self.reread = self.reread.filter(|place| of_reread(place).into_iter().flatten().all(|at| noted(at, now).is_some()));
        self
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
    /// Why it is renewed no more until a person gave a new consent, for people.
    pub refused: Option<String>,
}

impl TokenRow {
    /// One renewal may take this long before another may start.
    pub const RENEWAL: SignedDuration = SignedDuration::from_secs(15);
    /// As `RENEWAL`, where the token before ends with it: whoever sends it a second time while an answer is on its way ends the connection.
    pub const ROTATION: SignedDuration = SignedDuration::from_secs(45);

    /// Its key: in a partition of its own, which whoever takes deliveries has no permission to read (`infra/template.yaml`).
    pub fn key(connection: &ConnectionId) -> Key {
        Key::new(format!("TOKEN#{connection}"), "TOKEN")
    }
}

impl TypedRow for TokenRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key(&self.connection)).number("version", self.version);
        if let Some(until) = self.renewed_until {
            row = row.number("renewed_until", until.as_millisecond());
        }
        if let Some(refused) = &self.refused {
            row = row.text("refused", refused.as_str());
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
        let id = row.key.pk.strip_prefix("TOKEN#").ok_or_else(|| broken(&row.key, "the key is not a token's"))?;
        Ok(Self {
            connection: ConnectionId::new(id)?,
            token,
            version: number(row, "version")?,
            renewed_until: millis(row, "renewed_until")?,
            refused: row.get_text("refused").map(str::to_owned),
        })
    }

    fn believed_at(self, now: Timestamp) -> Self {
        Self { renewed_until: self.renewed_until.and_then(|until| lasting(until, now, Self::ROTATION)), ..self }
    }
}

/// Calls to the connection are held back: it asked for a pause, or does not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircuitRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// No call of any kind until then, UTC.
    pub open_until: Option<Timestamp>,
    /// When anything of it was noted last, UTC.
    pub noted_at: Option<Timestamp>,
    /// It was noted by a clock that was ahead: nothing of what is stored holds.
    pub is_void: bool,
    /// Calls in a row without an answer.
    pub unanswered: i64,
    /// What was asked for, by its fingerprint, where pages of somebody else's stood lately, in a row and each once.
    pub not_its_own: Vec<String>,
    /// Why it is open, for people.
    pub reason: String,
    /// Until when, UTC, calls against one of the channel's limits are held back: those of the lane, and of the lanes after it.
    pub held: BTreeMap<(String, Lane), Timestamp>,
}

impl CircuitRow {
    const HELD: &'static str = "held#";
    /// The name under which `not_its_own` is kept.
    pub(crate) const NOT_ITS_OWN: &'static str = "not_its_own";

    /// Its key.
    pub fn key(connection: &ConnectionId) -> Key {
        key(connection, "CIRCUIT")
    }

    /// A circuit that is closed: calls go through.
    pub fn closed(connection: ConnectionId) -> Self {
        Self {
            connection,
            open_until: None,
            noted_at: None,
            is_void: false,
            unanswered: 0,
            not_its_own: Vec::new(),
            reason: String::new(),
            held: BTreeMap::new(),
        }
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

impl TypedRow for CircuitRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key(&self.connection));
        if let Some(at) = self.noted_at {
            row = row.number("noted_at", at.as_millisecond());
        }
        if let Some(until) = self.open_until {
            row = row.number("open_until", until.as_millisecond()).text("reason", self.reason.as_str());
        }
        if self.unanswered > 0 {
            row = row.number("unanswered", self.unanswered);
        }
        if !self.not_its_own.is_empty() {
            row = row.text(Self::NOT_ITS_OWN, to_json(&self.not_its_own));
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
            open_until: millis(row, "open_until")?,
            noted_at: millis(row, "noted_at")?,
            is_void: false,
            unanswered: row.get_number("unanswered").unwrap_or(0),
            not_its_own: if row.get_text(Self::NOT_ITS_OWN).is_some() { json(row, Self::NOT_ITS_OWN)? } else { Vec::new() },
            reason: row.get_text("reason").unwrap_or_default().to_owned(),
            held,
        })
    }

    /// One that was open beyond now is closed.
    fn believed_at(self, now: Timestamp) -> Self {
        if self.noted_at.is_none_or(|at| noted(at, now).is_some()) {
            return self;
        }
        Self { is_void: true, unanswered: self.unanswered, ..Self::closed(self.connection) }
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

impl TypedRow for FenceRow {
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
}

impl KeysRow {
    /// Its key.
    pub fn key(connection: &ConnectionId) -> Key {
        key(connection, "KEYS")
    }
}

impl TypedRow for KeysRow {
    fn to_row(&self) -> Row {
        let row = Row::new(Self::key(&self.connection)).text("keys", to_json(&self.keys));
        match self.fetched_at {
            Some(at) => row.text("fetched_at", sortable(at)),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { connection: connection(row)?, keys: json(row, "keys")?, fetched_at: instant(row, "fetched_at")? })
    }

    fn believed_at(self, now: Timestamp) -> Self {
        Self { fetched_at: self.fetched_at.and_then(|at| noted(at, now)), ..self }
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

impl TypedRow for SubscriptionRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection)).text("state", to_json(&self.state)).text("checked_at", sortable(self.checked_at))
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { connection: connection(row)?, checked_at: given(row, "checked_at", instant)?, state: json(row, "state")? })
    }
}
