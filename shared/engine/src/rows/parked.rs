//! What could not be processed and must be seen by a person, with the reason: one row per problem, however often it comes.

use super::{InvoiceDestination, TypedRow, broken, given, instant, json, sortable, text, to_json};
use domain::{ConnectionId, OfferId, OrderNumber, Sku, fingerprint};
use jiff::{Timestamp, ToSpan};
use ports::{Key, Result, Row};

/// Days a parked thing is kept after it was last seen; its body may hold an order's words, so not for ever (I13).
const KEPT_DAYS: i64 = 14;

/// What a parked thing is about. It names the problem: the same failure of the same thing is one entry, and the entry closes when the thing
/// is right.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "about")]
pub enum Subject {
    /// An order that cannot be taken in.
    Order {
        /// Which.
        number: OrderNumber,
    },
    /// An order with lines that are no product that is known.
    Lines {
        /// Which order.
        number: OrderNumber,
    },
    /// An order with lines that became another product after units of the one before had left.
    Swapped {
        /// Which order.
        number: OrderNumber,
    },
    /// What a person must answer about an order that a channel changed.
    Question {
        /// Which order.
        number: OrderNumber,
        /// What.
        question: OrderQuestion,
    },
    /// Lines of an order that cannot be read, and about which nobody has decided.
    UnreadableLines {
        /// Which order.
        number: OrderNumber,
    },
    /// An item of a channel's list that cannot be read.
    UnreadableItem {
        /// As the channel names it, for people.
        item: String,
    },
    /// What a channel cannot be told about an order.
    Update {
        /// The order.
        number: OrderNumber,
        /// Mark of the shipment, cancellation or inspection.
        id: String,
    },
    /// An order that wants an invoice or credit note and cannot have it.
    Invoice {
        /// Which order.
        number: OrderNumber,
    },
    /// An issued document that does not arrive where it is wanted.
    InvoiceDelivery {
        /// Of which order.
        number: OrderNumber,
        /// The number of the document.
        document: String,
        /// Where it is wanted.
        destination: InvoiceDestination,
    },
    /// A listing that cannot be told its figure.
    Listing {
        /// The product.
        sku: Sku,
        /// Which of its listings.
        offer: OfferId,
    },
    /// A price that a channel does not take.
    Price {
        /// The product.
        sku: Sku,
    },
    /// A delivery that is genuine and cannot be understood.
    Webhook,
    /// A message that is none of its queue.
    Message {
        /// The queue's name.
        queue: String,
    },
    /// Rights that a connection's credentials lack.
    MissingRights {
        /// By the channel's own names.
        rights: Vec<String>,
    },
    /// Anything else.
    Other {
        /// What, for people.
        what: String,
    },
}

/// What a person is asked about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderQuestion {
    /// Whether units that were cancelled on the channel are there.
    Restocked,
    /// What units are like that the channel counts again after they had left.
    CameBack,
    /// What had left of an order that was deleted.
    Deleted,
    /// What is to become of units that no stock covers.
    Short,
}

impl From<&str> for Subject {
    fn from(what: &str) -> Self {
        Self::Other { what: what.to_owned() }
    }
}

impl From<&String> for Subject {
    fn from(what: &String) -> Self {
        Self::Other { what: what.clone() }
    }
}

impl Subject {
    /// What it is, for people: `order 1001`, `listing 12 of A`.
    pub fn what(&self) -> String {
        match self {
            Self::Order { number }
            | Self::Lines { number }
            | Self::Swapped { number }
            | Self::UnreadableLines { number }
            | Self::Question { number, .. } => format!("order {number}"),
            Self::UnreadableItem { item } => item.clone(),
            Self::Update { number, id } => format!("order {number}: {id}"),
            Self::Invoice { number } => format!("invoice of order {number}"),
            Self::InvoiceDelivery { document, destination, .. } => format!("{document}: {}", destination.name()),
            Self::Listing { sku, offer } => format!("listing {offer} of {sku}"),
            Self::Price { sku } => format!("price of {sku}"),
            Self::Webhook => "webhook".to_owned(),
            Self::Message { queue } => format!("message of the queue {queue}"),
            Self::MissingRights { rights } => format!("rights of the credentials: {}", rights.join(", ")),
            Self::Other { what } => what.clone(),
        }
    }

    /// The order, if it is about one.
    pub fn order(&self) -> Option<&OrderNumber> {
        match self {
            Self::Order { number }
            | Self::Lines { number }
            | Self::Swapped { number }
            | Self::UnreadableLines { number }
            | Self::Question { number, .. }
            | Self::Invoice { number }
            | Self::InvoiceDelivery { number, .. }
            | Self::Update { number, .. } => Some(number),
            Self::UnreadableItem { .. }
            | Self::Listing { .. }
            | Self::Price { .. }
            | Self::Webhook
            | Self::Message { .. }
            | Self::MissingRights { .. }
            | Self::Other { .. } => None,
        }
    }

    /// Whether it stays until it is right or somebody decides about it, however long that takes. The others are kept for some days after they
    /// were last seen: nothing tells when they are right.
    fn waits(&self) -> bool {
        !matches!(self, Self::Webhook | Self::Message { .. } | Self::UnreadableItem { .. } | Self::Other { .. })
    }

    /// Whether what it holds tells it from others of its kind: each delivery is a thing of its own.
    fn is_its_body(&self) -> bool {
        matches!(self, Self::Webhook | Self::Message { .. })
    }
}

/// A parked thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedRow {
    /// Names the problem: the same thing has the same id whenever it fails.
    pub id: String,
    /// When it was parked first, UTC.
    pub first_at: Timestamp,
    /// When it failed last, UTC.
    pub last_at: Timestamp,
    /// How often it failed.
    pub count: i64,
    /// The connection it is about.
    pub connection: Option<ConnectionId>,
    /// What it is about.
    pub subject: Subject,
    /// Why it could not be processed and what to do, for people.
    pub reason: String,
    /// Somebody decided that nothing is to be done about it, as long as it fails for this reason.
    pub dismissed: Option<Dismissal>,
    /// It may demand units of any product, and holds down its own connection alone: the others go on selling. People are told at once.
    pub urgent: bool,
}

/// That nothing is to be done about a parked thing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Dismissal {
    /// Who said so.
    pub by: String,
    /// Why, in their words.
    pub reason: String,
    /// When, UTC.
    pub at: Timestamp,
}

impl ParkedRow {
    /// All parked things are in one partition.
    pub const PARTITION: &'static str = "PARKED";

    /// The key of one.
    pub fn key(id: &str) -> Key {
        Key::new(Self::PARTITION, id)
    }

    /// One that is seen for the first time, at `at`, and holds nothing.
    pub fn first(connection: Option<&ConnectionId>, subject: Subject, reason: &str, at: Timestamp) -> Self {
        let (id, reason) = (Self::id(connection, &subject, ""), reason.to_owned());
        Self {
            id,
            first_at: at,
            last_at: at,
            count: 1,
            connection: connection.cloned(),
            subject,
            reason,
            dismissed: None,
            urgent: false,
        }
    }

    /// The id of a problem.
    pub fn id(connection: Option<&ConnectionId>, subject: &Subject, body: &str) -> String {
        let body = if subject.is_its_body() { body } else { "" };
        format!("{:016x}", fingerprint(&[connection.map_or("", ConnectionId::as_str), &to_json(subject), body]))
    }

    /// Whether it was last seen so long ago that it is kept no longer, whether or not the table deletes such rows by itself.
    pub fn is_over(&self, now: Timestamp) -> bool {
        !self.stays() && self.is_old(now)
    }

    /// Whether it was last seen longer ago than things are kept that nobody can tell to be right.
    pub(crate) fn is_old(&self, now: Timestamp) -> bool {
        self.expires_at() <= now.as_second()
    }

    /// What waits for a person waits; what a person dismissed is only remembered for a while.
    fn stays(&self) -> bool {
        self.dismissed.is_none() && self.subject.waits()
    }

    fn expires_at(&self) -> i64 {
        self.last_at.saturating_add((24 * KEPT_DAYS).hours()).map_or(i64::MAX, Timestamp::as_second)
    }
}

impl TypedRow for ParkedRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key(&self.id))
            .text("first_at", sortable(self.first_at))
            .text("last_at", sortable(self.last_at))
            .number("count", self.count)
            .text("subject", to_json(&self.subject))
            .text("what", self.subject.what())
            .text("reason", self.reason.as_str());
        if !self.stays() {
            row = row.number("expires_at", self.expires_at());
        }
        if let Some(dismissal) = &self.dismissed {
            row = row.text("dismissed", to_json(dismissal));
        }
        if self.urgent {
            row = row.number("urgent", 1);
        }
        match &self.connection {
            Some(connection) => row.text("connection", connection.as_str()),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let connection = row.get_text("connection").map(ConnectionId::new).transpose()?;
        let reason = text(row, "reason")?.to_owned();
        let id = row.key.sk.clone();
        if row.get_text("subject").is_none() {
            // From before problems had names: its key begins with its time.
            let odd = || broken(&row.key, "the key is not a parked row's");
            let at: Timestamp = id.split_once('#').ok_or_else(odd)?.0.parse().map_err(|_| odd())?;
            let subject = Subject::Other { what: text(row, "what")?.to_owned() };
            return Ok(Self {
                id,
                first_at: at,
                last_at: at,
                count: 1,
                connection,
                subject,
                reason,
                dismissed: None,
                urgent: false,
            });
        }
        Ok(Self {
            id,
            first_at: given(row, "first_at", instant)?,
            last_at: given(row, "last_at", instant)?,
            count: row.get_number("count").unwrap_or(1),
            connection,
            subject: json(row, "subject")?,
            reason,
            dismissed: row.get_text("dismissed").map(|_| json(row, "dismissed")).transpose()?,
            urgent: row.get_number("urgent").is_some(),
        })
    }
}

/// The thing itself, in a row of its own, so that nothing is lost and it can be erased by itself: it may hold a customer's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedBodyRow {
    /// Whose.
    pub id: String,
    /// The thing.
    pub body: String,
    /// When it is deleted at the latest, in seconds since 1970.
    pub expires_at: i64,
}

impl ParkedBodyRow {
    /// The key of one.
    pub fn key(id: &str) -> Key {
        Key::new("PARKED_BODY", id)
    }

    /// Of a parked thing.
    pub fn of(row: &ParkedRow, body: String) -> Self {
        Self { id: row.id.clone(), body, expires_at: row.expires_at() }
    }
}

impl TypedRow for ParkedBodyRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.id)).text("body", self.body.as_str()).number("expires_at", self.expires_at)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let expires_at = super::number(row, "expires_at")?;
        Ok(Self { id: row.key.sk.clone(), body: text(row, "body")?.to_owned(), expires_at })
    }
}
