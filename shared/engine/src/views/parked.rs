//! What was put aside. The thing itself stays in the table: it may hold a customer's words (I13).

use super::PageRequest;
use super::paging::no_cursor;
use crate::Ports;
use crate::readable::{Unreadable, readable};
use crate::rows::{OrderQuestion, ParkedRow, Subject};
use domain::{ConnectionId, OrderNumber, Sku};
use jiff::Timestamp;
use ports::Result;

/// What was put aside and is not right by now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Parked {
    /// The last to fail first.
    pub parked: Vec<ParkedView>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// A thing that could not be processed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ParkedView {
    /// When it failed last, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// When it failed first, UTC.
    #[schemars(with = "String")]
    pub first_at: Timestamp,
    /// How often it failed.
    pub count: i64,
    /// Names the problem: to try it again, to dismiss it, to erase what it holds.
    pub id: String,
    /// What sort of thing it is.
    pub r#type: ParkedType,
    /// The connection it is about.
    pub connection: Option<ConnectionId>,
    /// The order it is about.
    pub order: Option<OrderNumber>,
    /// The product it is about.
    pub sku: Option<Sku>,
    /// Rights that are lacking, by the channel's own names: with `missing_rights` alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_rights: Vec<String>,
    /// What it is.
    pub subject: String,
    /// Why it could not be processed and what to do.
    pub reason: String,
    /// Whether trying it again does anything.
    pub can_retry: bool,
    /// Whether it may hold what somebody sent, which can be erased.
    pub may_hold_body: bool,
}

/// What sort of thing was put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParkedType {
    /// An order that cannot be taken in.
    Order,
    /// Lines of an order that are no product that is known.
    UnmatchedLines,
    /// Lines of an order that cannot be read.
    UnreadableLines,
    /// A listing that cannot be read.
    UnreadableListing,
    /// A line became another product after units had left.
    ProductChanged,
    /// Whether units that were cancelled on the channel are there.
    RestockUnknown,
    /// What units are like that the channel counts again.
    ReturnUnknown,
    /// An order that was deleted on its channel.
    Deleted,
    /// An order that no stock covers.
    Short,
    /// A shipment, cancellation or decision that the channel rejected, or may not have.
    RejectedUpdate,
    /// An order that cannot be invoiced, or credited.
    Invoice,
    /// An issued document that does not arrive where it is wanted.
    InvoiceDelivery,
    /// A listing that cannot be told its figure.
    Listing,
    /// A price that the channel does not take.
    Price,
    /// A delivery that cannot be understood.
    Webhook,
    /// A message that is none of its queue.
    Message,
    /// Rights that a connection's credentials lack.
    MissingRights,
    /// Anything else.
    Other,
}

/// A page of what is parked, the last to fail first.
pub async fn parked(world: &Ports, request: &PageRequest) -> Result<Parked> {
    let place = |cursor: &str| {
        let (at, id) = cursor.split_once('~')?;
        Some((at.parse::<Timestamp>().ok()?, id.to_owned()))
    };
    let after = request.cursor.as_deref().map(|cursor| place(cursor).ok_or_else(no_cursor)).transpose()?;
    let (views, unreadable) = all(world).await?;
    let mut rest = views.into_iter().filter(|one| after.as_ref().is_none_or(|(at, id)| (one.at, &one.id) < (*at, id))).peekable();
    let page: Vec<ParkedView> = rest.by_ref().take(request.size()).collect();
    let next = rest.peek().and(page.last()).map(|last| format!("{}~{}", last.at, last.id));
    Ok(Parked { parked: page, next, unreadable: if after.is_none() { unreadable } else { Vec::new() } })
}

/// All of it, the last to fail first.
pub(super) async fn all(world: &Ports) -> Result<(Vec<ParkedView>, Vec<Unreadable>)> {
    let (rows, unreadable) = readable::<ParkedRow>(world, ParkedRow::PARTITION, "").await?;
    let mut views: Vec<ParkedView> = rows.into_iter().filter(|row| row.dismissed.is_none()).map(view).collect();
    views.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
    Ok((views, unreadable))
}

fn view(row: ParkedRow) -> ParkedView {
    let kind = kind(&row.subject);
    ParkedView {
        at: row.last_at,
        first_at: row.first_at,
        count: row.count,
        id: row.id,
        r#type: kind,
        order: row.subject.order().cloned(),
        sku: match &row.subject {
            Subject::Listing { sku, .. } | Subject::Price { sku } => Some(sku.clone()),
            _ => None,
        },
        missing_rights: match &row.subject {
            Subject::MissingRights { rights } => rights.clone(),
            _ => Vec::new(),
        },
        subject: row.subject.what(),
        reason: row.reason,
        can_retry: row.connection.is_some() && !matches!(kind, ParkedType::Other | ParkedType::UnreadableListing)
            || kind == ParkedType::Message,
        may_hold_body: matches!(kind, ParkedType::Order | ParkedType::Webhook | ParkedType::Message | ParkedType::Other),
        connection: row.connection,
    }
}

fn kind(subject: &Subject) -> ParkedType {
    match subject {
        Subject::Order { .. } => ParkedType::Order,
        Subject::Lines { .. } => ParkedType::UnmatchedLines,
        Subject::UnreadableLines { .. } => ParkedType::UnreadableLines,
        Subject::UnreadableItem { .. } => ParkedType::UnreadableListing,
        Subject::Swapped { .. } => ParkedType::ProductChanged,
        Subject::Question { question: OrderQuestion::Restocked, .. } => ParkedType::RestockUnknown,
        Subject::Question { question: OrderQuestion::CameBack, .. } => ParkedType::ReturnUnknown,
        Subject::Question { question: OrderQuestion::Deleted, .. } => ParkedType::Deleted,
        Subject::Question { question: OrderQuestion::Short, .. } => ParkedType::Short,
        Subject::Update { .. } => ParkedType::RejectedUpdate,
        Subject::Invoice { .. } => ParkedType::Invoice,
        Subject::InvoiceDelivery { .. } => ParkedType::InvoiceDelivery,
        Subject::Listing { .. } => ParkedType::Listing,
        Subject::Price { .. } => ParkedType::Price,
        Subject::Webhook => ParkedType::Webhook,
        Subject::Message { .. } => ParkedType::Message,
        Subject::MissingRights { .. } => ParkedType::MissingRights,
        Subject::Other { .. } => ParkedType::Other,
    }
}
