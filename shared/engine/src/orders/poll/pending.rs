//! Orders that a poll found and that are not taken in yet.

use super::stored;
use crate::Ports;
use crate::rows::{ConnectionRow, CursorRow, ExcludedOrderRow, ExclusionReason, PendingOrder, Products};
use crate::unreadable::{Named, still_waits};
use contracts::{Cause, InboundOrder, Message};
use domain::{ConnectionId, Order, OrderNumber, OrderSnapshot, Recency, Source, age, believed_stamp, fingerprint, standing};
use jiff::{SignedDuration, Timestamp};
use ports::{Notification, OutgoingMessage, QueueName, Result};
use std::time::Duration;

/// Pending orders that are kept by name. Beyond, the list is read again once these are in.
const MOST: usize = 100;
/// Products of orders that wait for a person, over all of them, that are kept by name: a row takes 400 KB.
const MOST_PRODUCTS: usize = 2_000;
/// An order that was put on the queue this long ago and is not in is asked for again.
const TOO_LONG: SignedDuration = SignedDuration::from_mins(15);

/// A message without a stamp is taken for done when the order is stored and this much time has passed.
const SETTLES: SignedDuration = SignedDuration::from_mins(1);

/// An order that a list tells of and the table does not know, or not so.
pub(crate) struct Found {
    pub(crate) number: OrderNumber,
    pub(super) snapshot: Option<Box<OrderSnapshot>>,
    pub(crate) stamp: Option<Timestamp>,
    /// When the oldest change of it may have been that the table does not know, as far as the list tells.
    not_before: Option<Timestamp>,
    /// Its stamp is the one that is known: it changed twice in a second, and what is known may have looked settled before.
    same_stamp: bool,
}

/// What a notice tells.
pub(crate) enum News {
    /// Nothing that is not known.
    None,
    /// A state that is to be taken in.
    Order(Found),
    /// A state that is parked: a person must decide, and until then what it may demand is not raised.
    Parked(Found, Products),
}

impl News {
    /// Of an order that is taken in: nothing, unless a person must decide about a line of it that may be of any product.
    fn of_known(known: Option<Order>) -> Self {
        match known.filter(Order::may_mean_anything) {
            Some(order) => {
                let OrderSnapshot { number, stamp, placed_at, .. } = order.snapshot;
                let found = Found { number, stamp, snapshot: None, not_before: Some(placed_at), same_stamp: false };
                Self::Parked(found, Products::Any)
            }
            None => Self::None,
        }
    }
}

impl Found {
    /// An order that is another on the channel than is known, whatever its stamp says: it must be read.
    pub(super) fn differs(number: OrderNumber) -> Self {
        Self { number, stamp: None, snapshot: None, not_before: None, same_stamp: false }
    }

    /// What is news in a notice.
    pub(crate) async fn news(
        world: &Ports,
        connection: &ConnectionId,
        notice: Notification,
        read_at: Timestamp,
        row: &ConnectionRow,
    ) -> Result<News> {
        let found = match notice {
            Notification::Order(snapshot) => {
                let known = stored(world, connection, &snapshot.number).await?;
                // From before the opening figure, or no order yet.
                if known.is_none() && (row.is_from_before(snapshot.placed_at) || snapshot.draft) {
                    return Ok(News::None);
                }
                let judged = standing(known.as_ref(), &snapshot, read_at, Source::List);
                // A list tells how the channel has it now. What it has behind what was read before went back, or the list is late: the
                // order must be read.
                let went_back = judged == Recency::Older && known.as_ref().is_some_and(|order| order.read_at < read_at);
                let is_known = judged == Recency::Same || (judged == Recency::Older && !went_back);
                if is_known && known.as_ref().is_some_and(Order::is_complete) {
                    return Ok(News::of_known(known));
                }
                let same_stamp = known.as_ref().is_some_and(|order| order.snapshot.stamp == snapshot.stamp);
                let not_before = known.map_or(Some(snapshot.placed_at), |order| order.stamp());
                let stamp = snapshot.stamp_as_of(read_at).filter(|_| !went_back);
                let number = snapshot.number.clone();
                Self { number, stamp, snapshot: (!went_back).then_some(snapshot), not_before, same_stamp }
            }
            Notification::Changed { number, stamp } => {
                let known = stored(world, connection, &number).await?;
                let same_stamp = stamp.is_some() && known.as_ref().is_some_and(|order| order.snapshot.stamp == stamp);
                let stamp = believed_stamp(stamp, read_at);
                if known.as_ref().is_some_and(|order| is_known_so(order, stamp, same_stamp, read_at)) {
                    return Ok(News::of_known(known));
                }
                // One that went back is in when the order was read, not when a later stamp is known.
                let known = known.as_ref().and_then(Order::stamp);
                let stamp = stamp.filter(|told| known.is_none_or(|known| known <= *told));
                Self { number, stamp, snapshot: None, not_before: None, same_stamp }
            }
            Notification::Stock(_) | Notification::StockOf { .. } | Notification::Unreadable(_) | Notification::Ignored => {
                return Ok(News::None);
            }
        };
        Ok(match ExcludedOrderRow::covering(world, connection, &found.number, found.stamp).await? {
            None => News::Order(found),
            Some(ExclusionReason::NeedsPerson { products }) => News::Parked(found, products),
            Some(
                ExclusionReason::BeforeOpening | ExclusionReason::Draft | ExclusionReason::Gone | ExclusionReason::Dismissed,
            ) => News::None,
        })
    }
}

/// A name that is too long for an order's, as a short one.
fn short(name: &str) -> String {
    format!("{:016x}", fingerprint(&[name]))
}

/// Whether an order that a list names by its stamp alone need not be read.
fn is_known_so(order: &Order, stamp: Option<Timestamp>, same_stamp: bool, listed_at: Timestamp) -> bool {
    if same_stamp {
        // It may have changed once more in the same second, unless it was read after that.
        return order.is_last_of_its_stamp() && order.is_complete();
    }
    // Behind what was read before it was listed, its stamp went back.
    order.read_at >= listed_at && is_in(Some(order), stamp, listed_at)
}

/// Whether an order is in the table, all of it, in the state that was told at `told_at`, or a later one. Where its stamps are not believed: whether it
/// was read since.
fn is_in(known: Option<&Order>, stamp: Option<Timestamp>, told_at: Timestamp) -> bool {
    known.filter(|order| order.is_complete()).is_some_and(|order| match (order.stamp(), stamp) {
        (Some(known), Some(told)) => known >= told,
        _ => order.doubts_stamps && order.read_at > told_at,
    })
}

/// Whether what is stored of an order that changed twice in the second of a stamp may be the first of the two.
fn is_perhaps_before(known: &Order, stamp: Option<Timestamp>) -> bool {
    known.stamp() == stamp && !known.is_last_of_its_stamp()
}

/// The pending orders of a connection.
pub(super) struct Waiting {
    orders: Vec<PendingOrder>,
    /// There were more than are kept by name.
    more: bool,
}

impl Waiting {
    /// Those of the last poll that are still not in.
    pub(super) async fn of(world: &Ports, cursor: &CursorRow, now: Timestamp) -> Result<Self> {
        let mut orders = Vec::new();
        for order in &cursor.pending {
            if let Some(about) = &order.about {
                if still_waits(world, &cursor.connection, about).await? {
                    orders.push(order.clone());
                }
                continue;
            }
            let known = stored(world, &cursor.connection, &order.number).await?;
            // Without a stamp nothing tells whether what is stored is this state; after a while it counts as that.
            let stored_since = order.stamp.is_none() && known.as_ref().is_some_and(Order::is_complete);
            let in_now = stored_since && age(order.asked_at, now).is_some_and(|age| age > SETTLES);
            let is_in = is_in(known.as_ref(), order.stamp, order.asked_at)
                && !(order.same_stamp && known.as_ref().is_some_and(|known| is_perhaps_before(known, order.stamp)));
            if in_now || is_in {
                if known.is_some_and(|known| known.may_mean_anything()) {
                    orders.push(PendingOrder { held: Some(Products::Any), ..order.clone() });
                }
                continue;
            }
            let held = match ExcludedOrderRow::covering(world, &cursor.connection, &order.number, order.stamp).await? {
                None => None,
                Some(ExclusionReason::NeedsPerson { products }) => Some(products),
                Some(
                    ExclusionReason::BeforeOpening | ExclusionReason::Draft | ExclusionReason::Gone | ExclusionReason::Dismissed,
                ) => continue,
            };
            orders.push(PendingOrder { held, ..order.clone() });
        }
        Ok(Self { orders, more: cursor.more_pending })
    }

    /// From where the list must be read again, because not all that was pending is known by name.
    pub(super) fn list_again_from(&mut self, cursor: &CursorRow, start: Timestamp) -> Option<Timestamp> {
        if !self.more || self.open().next().is_some() || cursor.under_way.is_some() {
            return None;
        }
        self.more = false;
        Some(cursor.settled_through.unwrap_or(start).min(cursor.since))
    }

    /// Those that nobody has to decide about.
    fn open(&self) -> impl Iterator<Item = &PendingOrder> {
        self.orders.iter().filter(|order| order.held.is_none())
    }

    /// Those that wait for a person.
    pub(super) fn held(&self) -> Vec<PendingOrder> {
        self.orders.iter().filter(|order| order.held.is_some()).cloned().collect()
    }

    /// `held`: what it may demand, if a person must decide about it. `listed_from`: everything that changed before it was listed by an earlier poll, and is known or pending since.
    pub(super) fn add(&mut self, found: &Found, held: Option<Products>, listed_from: Timestamp, now: Timestamp) {
        let named: usize = self.orders.iter().filter_map(|order| order.held.as_ref()).map(Products::named).sum();
        let held = held.map(|products| if named + products.named() > MOST_PRODUCTS { Products::Any } else { products });
        if let Some(known) = self.orders.iter_mut().find(|order| order.number == found.number) {
            // In only when the newest of its states is in; what is missing of it began where it began.
            known.stamp = known.stamp.and_then(|stamp| found.stamp.map(|newer| newer.max(stamp)));
            known.held = held;
            if known.stamp.is_none() {
                // It counts as in some time after it was asked for, and it was asked for anew.
                known.asked_at = now;
            }
            known.same_stamp |= found.same_stamp;
        } else if self.orders.len() < MOST {
            let unlisted = || Some(found.not_before.map_or(listed_from, |at| at.max(listed_from)));
            let not_before = if found.same_stamp { found.stamp } else { unlisted() };
            let (number, stamp, same_stamp) = (found.number.clone(), found.stamp, found.same_stamp);
            self.orders.push(PendingOrder { number, stamp, not_before, same_stamp, asked_at: now, held, about: None });
        } else {
            self.more = true;
        }
    }

    /// What stands in the list and cannot be asked for: nobody can tell what it demands. `listed_from`: as for `add`.
    pub(super) fn add_unreadable(&mut self, unreadable: &Named, listed_from: Timestamp, now: Timestamp) {
        let about = Some(unreadable.about.clone());
        if self.orders.iter().any(|order| order.about == about) {
            return;
        }
        let Ok(number) = OrderNumber::new(unreadable.about.as_str()).or_else(|_| OrderNumber::new(short(&unreadable.about)))
        else {
            return;
        };
        let held = Some(Products::Any);
        let not_before = Some(listed_from);
        self.orders.push(PendingOrder { number, stamp: None, not_before, same_stamp: false, asked_at: now, held, about });
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.orders.is_empty() && !self.more
    }

    /// Whether an order is one of them.
    pub(super) fn knows(&self, number: &OrderNumber) -> bool {
        self.orders.iter().any(|order| order.number == *number)
    }

    /// Whether an order is one of them, and waits for a person.
    pub(super) fn holds(&self, number: &OrderNumber) -> bool {
        self.orders.iter().any(|order| order.number == *number && order.held.is_some())
    }

    /// The cursor with them.
    pub(super) fn noted(&self, cursor: CursorRow) -> CursorRow {
        CursorRow { pending: self.orders.clone(), more_pending: self.more, ..cursor }
    }

    /// Up to when everything is taken in that nobody has to decide about, if the list was read up to `reached`. `None`: no further than before.
    pub(super) fn settled_through(&self, reached: Timestamp) -> Option<Timestamp> {
        if self.more || self.open().any(|order| order.stamp.is_none()) {
            return None;
        }
        Some(self.open().filter_map(PendingOrder::all_before).min().map_or(reached, |at| at.min(reached)))
    }

    /// Puts those on the queue again that take too long: their message may be lost, or dead.
    pub(super) async fn ask_again(&mut self, world: &Ports, connection: &ConnectionId, now: Timestamp) -> Result<()> {
        let mut messages = Vec::new();
        let lost = |order: &&mut PendingOrder| order.held.is_none() && age(order.asked_at, now).is_none_or(|age| age > TOO_LONG);
        for order in self.orders.iter_mut().filter(lost) {
            order.asked_at = now;
            let message = InboundOrder {
                connection: connection.clone(),
                number: order.number.clone(),
                snapshot: None,
                cause: Cause::Poll,
                read_at: now,
            };
            messages.push(OutgoingMessage { body: message.to_json(), delay: Duration::ZERO });
        }
        if messages.is_empty() { Ok(()) } else { world.queue.send(QueueName::Inbound, messages).await }
    }
}
