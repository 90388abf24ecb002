//! One order: a row; and of a large one, rows of some lines each beside it.
//!
//! A row takes 400 KB, which is about a thousand lines, and every part of a large order's commit would write all of it. So the row names the
//! version with which each of its rows of lines was written last: only those that change are written, in the same transaction, and whoever
//! reads them while somebody writes sees that they do not belong together.

use super::{TypedRow, broken, json, number, to_json};
use crate::Ports;
use domain::{ConnectionId, LineState, Order, OrderNumber, SnapshotLine};
use jiff::Timestamp;
use ports::{Condition, Error, ErrorKind, Key, Result, Row, Value, Write};
use std::borrow::Cow;

/// Lines, products in them and claims, of an order that lies in one row: 280 KB at most, by what channels allow in a line; 120 KB of them the
/// amounts and dates of lines, each bounded in `domain`.
const MOST_IN_ONE: usize = 400;
/// Lines of a row of lines.
const LINES: usize = 50;
/// Rows of lines of an order; beyond, each has more lines. All of them, as for a new order, leave half a transaction for stock.
const MOST_LINE_ROWS: usize = 40;
/// Times that rows of lines are read while others write them.
const MOST_TRIES: u32 = 5;

/// An order row: its version beside its body, because the version is the condition of every write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow(pub Order);

/// Some lines: what the channel tells of them and what was done. The two lists are cut alike, and need not tell of the same lines.
#[derive(serde::Serialize, serde::Deserialize)]
struct Lines<'a> {
    told: Cow<'a, [SnapshotLine]>,
    done: Cow<'a, [LineState]>,
}

impl OrderRow {
    /// Its key.
    pub fn key(connection: &ConnectionId, number: &OrderNumber) -> Key {
        Key::new(format!("ORDER#{connection}#{number}"), "ORDER")
    }

    /// Its rows of lines start so.
    pub const LINES_PREFIX: &'static str = "LINES#";

    /// Holds as long as nobody wrote since `was` was read.
    pub fn unchanged(was: Option<u64>) -> Condition {
        was.map_or(Condition::Absent, |v| Condition::Is("version".into(), Value::Number(i64::try_from(v).unwrap_or(i64::MAX))))
    }

    /// Reads an order, all its lines included.
    pub async fn read(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<Option<Order>> {
        let key = Self::key(connection, number);
        for _ in 0..MOST_TRIES {
            let Some(head) = world.table.get(&key).await? else { return Ok(None) };
            if !Self::is_large(&head) {
                return Self::from_row(&head).map(|row| Some(row.0.believed_at(world.clock.now())));
            }
            let mut lines = Vec::new();
            let mut from = None;
            loop {
                let page = world.table.query(&key.pk, Self::LINES_PREFIX, from.as_ref(), 500, false).await?;
                lines.extend(page.rows);
                from = page.next;
                if from.is_none() {
                    break;
                }
            }
            if let Some(order) = Self::assemble(&head, &lines)? {
                return Ok(Some(order.believed_at(world.clock.now())));
            }
        }
        Err(Error::new(ErrorKind::Conflict, "order", "the order is changed by others all the time; try again"))
    }

    /// An order of its row and its rows of lines, in any order. `None`: they do not belong together.
    pub fn assemble(head: &Row, lines: &[Row]) -> Result<Option<Order>> {
        let mut order = body(head)?;
        if head.get_text("line_rows").is_none() {
            return Ok(Some(order));
        }
        order.line_rows = json(head, "line_rows")?;
        for (at, version) in order.line_rows.iter().enumerate() {
            let key = line_key(&order, at);
            let Some(row) = lines.iter().find(|row| row.key == key) else { return Ok(None) };
            if u64::try_from(number(row, "version")?).ok() != Some(*version) {
                return Ok(None);
            }
            let Lines { told, done } = json(row, "lines")?;
            order.snapshot.lines.extend(told.into_owned());
            order.lines.extend(done.into_owned());
        }
        Ok(Some(order))
    }

    /// Decides how an order is to lie, as it follows on `before`: which of its rows of lines are written with it.
    pub(crate) fn lay(order: &mut Order, before: Option<&Order>) {
        let parts = order.lines.iter().flat_map(|line| &line.parts);
        let size = order.lines.len() + parts.map(|part| 1 + part.allocations.len()).sum::<usize>();
        let known = before.map_or(&[][..], |before| &before.line_rows);
        if known.is_empty() && size <= MOST_IN_ONE {
            return;
        }
        let each = each(order);
        let same = |at: usize| {
            let before = before.filter(|before| self::each(before) == each)?;
            let version = known.get(at)?;
            let same = cut(&before.snapshot.lines, each, at) == cut(&order.snapshot.lines, each, at)
                && cut(&before.lines, each, at) == cut(&order.lines, each, at);
            same.then_some(*version)
        };
        let rows = 0..order.lines.len().max(order.snapshot.lines.len()).div_ceil(each);
        order.line_rows = rows.map(|at| same(at).unwrap_or(order.version)).collect();
    }

    /// Rows of lines that are written with it.
    pub(crate) fn lines(order: &Order) -> impl Iterator<Item = Row> {
        let each = each(order);
        let fresh = order.line_rows.iter().enumerate().filter(|(_, version)| **version == order.version);
        fresh.map(move |(at, version)| {
            let told = Cow::Borrowed(cut(&order.snapshot.lines, each, at));
            let lines = Lines { told, done: Cow::Borrowed(cut(&order.lines, each, at)) };
            Row::new(line_key(order, at))
                .number("version", i64::try_from(*version).unwrap_or(i64::MAX))
                .text("lines", to_json(&lines))
        })
    }

    /// Rows that are written with it, its own among them.
    pub(crate) fn rows(order: &Order) -> usize {
        1 + order.line_rows.iter().filter(|version| **version == order.version).count()
    }

    /// Whether its lines lie in rows of their own.
    pub(crate) fn is_large(head: &Row) -> bool {
        head.get_text("line_rows").is_some()
    }

    /// The write of the row alone, where no line changed.
    pub(crate) fn put(order: Order, when: Condition) -> Write {
        Write::Put { row: Self(order).to_row(), when }
    }
}

fn line_key(order: &Order, at: usize) -> Key {
    let pk = OrderRow::key(&order.connection, &order.snapshot.number).pk;
    Key::new(pk, format!("{}{at:04}", OrderRow::LINES_PREFIX))
}

/// Lines of each of its rows of lines.
fn each(order: &Order) -> usize {
    order.lines.len().max(order.snapshot.lines.len()).div_ceil(MOST_LINE_ROWS).max(LINES)
}

fn cut<T>(lines: &[T], each: usize, at: usize) -> &[T] {
    lines.chunks(each).nth(at).unwrap_or_default()
}

fn body(row: &Row) -> Result<Order> {
    let mut order: Order = json(row, "body")?;
    order.version = u64::try_from(number(row, "version")?).unwrap_or(0);
    Ok(order)
}

impl TypedRow for OrderRow {
    fn to_row(&self) -> Row {
        let Self(order) = self;
        let row = Row::new(Self::key(&order.connection, &order.snapshot.number))
            .number("version", i64::try_from(order.version).unwrap_or(i64::MAX));
        if order.line_rows.is_empty() {
            return row.text("body", to_json(order));
        }
        let mut head = order.clone();
        (head.lines, head.snapshot.lines) = (Vec::new(), Vec::new());
        row.text("line_rows", to_json(&order.line_rows)).text("body", to_json(&head))
    }

    fn from_row(row: &Row) -> Result<Self> {
        if row.get_text("line_rows").is_some() {
            return Err(broken(&row.key, "its lines lie in rows of their own"));
        }
        body(row).map(Self)
    }

    fn believed_at(self, now: Timestamp) -> Self {
        Self(self.0.believed_at(now))
    }
}
