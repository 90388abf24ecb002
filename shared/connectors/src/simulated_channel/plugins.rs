//! What plugins and imports do to orders in a shop that lets anybody's code write to them: it answers for none of it.

use domain::{OrderNumber, Sku};
use jiff::{SignedDuration, Timestamp};

/// How the changes of an order are dated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dating {
    /// Not at all: its time of change stays what it was.
    Still,
    /// Wrong by so much, ahead of the true time or behind it.
    Off(SignedDuration),
}

/// How a line of an order is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoilt {
    /// Its units are no whole number.
    Units,
    /// What it names as its product is none; its code can be read.
    Product,
    /// Nothing of it tells which product it is.
    Name,
}

/// What plugins do to orders.
pub trait FarPlugins {
    /// An order is saved, and from now on its changes are dated so; `None`: as they happen, from its next change on. False if there is no such
    /// order.
    fn date(&mut self, now: Timestamp, order: &OrderNumber, dating: Option<Dating>) -> bool;

    /// A line is written so that nobody can read it. False if there is no such line.
    fn spoil(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, how: Spoilt) -> bool;

    /// The lines of an order are written as they were. False if none of them was spoilt.
    fn mend(&mut self, now: Timestamp, order: &OrderNumber) -> bool;

    /// A line becomes another product under the same id, such as another size; its counters stay as they are. False if there is no such line
    /// that is to be sent, or the order has the other product already.
    fn swap(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, to: &Sku) -> bool;
}
