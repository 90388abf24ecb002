//! What was put aside. The thing itself stays in the table: it may hold a customer's words (I13).

use super::PageRequest;
use super::readable::{Unreadable, readable};
use crate::World;
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
    pub kind: ParkedKind,
    /// The connection it is about.
    pub connection: Option<ConnectionId>,
    /// The order it is about.
    pub order: Option<OrderNumber>,
    /// The article it is about.
    pub sku: Option<Sku>,
    /// What it is.
    pub what: String,
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
pub enum ParkedKind {
    /// An order that cannot be taken in.
    Order,
    /// Lines of an order that are no product that is known.
    UnmatchedLines,
    /// Lines of an order that cannot be read.
    UnreadLines,
    /// An item that cannot be read.
    UnreadItem,
    /// A line became another product after units had left.
    Swapped,
    /// Whether units that were cancelled on the channel are there.
    Restocked,
    /// What units are like that the channel counts again.
    CameBack,
    /// An order that was deleted on its channel.
    Deleted,
    /// An order that no stock covers.
    Short,
    /// A parcel, cancellation or decision that the channel does not want, or may not have.
    RefusedUpdate,
    /// A listing that cannot be told its figure.
    Listing,
    /// A price that the channel does not take.
    Price,
    /// A delivery that cannot be understood.
    Webhook,
    /// A message that is none of its queue.
    Message,
    /// Anything else.
    Other,
}

/// A page of what is parked, the last to fail first.
pub async fn parked(world: &World, request: &PageRequest) -> Result<Parked> {
    let (views, unreadable) = all(world).await?;
    let after = request.cursor.as_deref().and_then(|cursor| cursor.split_once('~'));
    let after = after.and_then(|(at, id)| Some((at.parse::<Timestamp>().ok()?, id.to_owned())));
    let mut rest = views.into_iter().filter(|one| after.as_ref().is_none_or(|(at, id)| (one.at, &one.id) < (*at, id))).peekable();
    let page: Vec<ParkedView> = rest.by_ref().take(request.size()).collect();
    let next = rest.peek().and(page.last()).map(|last| format!("{}~{}", last.at, last.id));
    Ok(Parked { parked: page, next, unreadable: if after.is_none() { unreadable } else { Vec::new() } })
}

/// All of it, the last to fail first.
pub(super) async fn all(world: &World) -> Result<(Vec<ParkedView>, Vec<Unreadable>)> {
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
        kind,
        order: row.subject.order().cloned(),
        sku: match &row.subject {
            Subject::Listing { sku, .. } | Subject::Price { sku } => Some(sku.clone()),
            _ => None,
        },
        what: row.subject.what(),
        reason: row.reason,
        can_retry: row.connection.is_some() && !matches!(kind, ParkedKind::Other | ParkedKind::UnreadItem)
            || kind == ParkedKind::Message,
        may_hold_body: matches!(kind, ParkedKind::Order | ParkedKind::Webhook | ParkedKind::Message | ParkedKind::Other),
        connection: row.connection,
    }
}

fn kind(subject: &Subject) -> ParkedKind {
    match subject {
        Subject::Order { .. } => ParkedKind::Order,
        Subject::Lines { .. } => ParkedKind::UnmatchedLines,
        Subject::UnreadLines { .. } => ParkedKind::UnreadLines,
        Subject::UnreadItem { .. } => ParkedKind::UnreadItem,
        Subject::Swapped { .. } => ParkedKind::Swapped,
        Subject::Question { question: OrderQuestion::Restocked, .. } => ParkedKind::Restocked,
        Subject::Question { question: OrderQuestion::CameBack, .. } => ParkedKind::CameBack,
        Subject::Question { question: OrderQuestion::Deleted, .. } => ParkedKind::Deleted,
        Subject::Question { question: OrderQuestion::Short, .. } => ParkedKind::Short,
        Subject::Update { .. } => ParkedKind::RefusedUpdate,
        Subject::Listing { .. } => ParkedKind::Listing,
        Subject::Price { .. } => ParkedKind::Price,
        Subject::Webhook => ParkedKind::Webhook,
        Subject::Message { .. } => ParkedKind::Message,
        Subject::Other { .. } => ParkedKind::Other,
    }
}
