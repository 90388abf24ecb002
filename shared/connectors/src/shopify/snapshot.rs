//! One meaning for both ways an order is told: the webhook's REST shape and the GraphQL shape fill the same facts, and only here
//! do facts become a snapshot. So the same state always gives the same snapshot, whichever way it came.

use super::terms::{self, TermsFacts, Told};
use crate::amounts::Amounts;
use crate::lenient;
use domain::{
    Country, Fulfilment, LineKind, LineTerms, Money, OfferId, OrderLineId, OrderNumber, OrderSnapshot, Quantity, Sku,
    SnapshotLine,
};
use domain::{FieldError, PossibleProducts, UnreadableLine};
use jiff::Timestamp;
use ports::{Error, ErrorKind, Result};

/// An order as told.
#[derive(Debug, Default)]
pub(super) struct OrderFacts {
    pub(super) number: u64,
    /// What people see: `#1001`.
    pub(super) name: String,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    pub(super) cancelled: bool,
    pub(super) closed: bool,
    /// The code of the country it goes to, if the app may see it.
    pub(super) ship_to: Option<String>,
    /// Whether it has returns: only a full read tells what became of them.
    pub(super) unreadable_returns: bool,
    pub(super) lines: Vec<LineFacts>,
    /// Amounts and payment.
    pub(super) terms: TermsFacts,
    /// Lines that cannot be read.
    pub(super) unreadable_lines: Vec<UnreadableLine>,
}

/// An order line as told, in units.
#[derive(Debug, Default)]
pub(super) struct LineFacts {
    pub(super) id: u64,
    pub(super) variant: Option<u64>,
    pub(super) sku: Option<String>,
    pub(super) title: String,
    /// It is sent by no shipment.
    pub(super) unshipped: bool,
    pub(super) gift_card: bool,
    /// Ordered; never changes.
    pub(super) quantity: i64,
    /// Ordered and neither refunded nor removed since.
    pub(super) current: i64,
    /// Still to be sent. Only GraphQL tells it in a way to rely on.
    pub(super) unfulfilled: Option<i64>,
    /// Sent, by the fulfilments that succeeded.
    pub(super) shipped: i64,
    /// Sent and come back: refunded and put back into stock, or come in by a return.
    pub(super) returned: i64,
    /// Refunded without a word on whether they had been sent, or in a return: whether `current` fell by them is not told.
    pub(super) unclear: i64,
    /// Refunded before they were sent, and put on sale again.
    pub(super) put_back: i64,
    /// Refunded and not put on sale again, sent or not.
    pub(super) not_restocked: i64,
    /// The price of one unit, nothing taken off.
    pub(super) unit_price: Told,
    /// What of each discount is off it.
    pub(super) discounts: Vec<Told>,
}

/// What a number of units must be.
pub(super) const WHOLE_UNITS: &str = "a whole number from 0 to 1000000000";

/// How a refund treats a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refunded {
    /// It had not been sent, and is on sale again.
    BeforeSending,
    /// It is not on sale again: it had not been sent, or is still to be, or the customer keeps it.
    NotRestocked,
    /// It came back.
    Returned,
    /// It is in a return, or nothing that is known is said of it.
    Unclear,
}

impl LineFacts {
    /// Notes units of a refund.
    pub(super) fn refund(&mut self, units: i64, how: Refunded) {
        match how {
            Refunded::BeforeSending => self.put_back = self.put_back.saturating_add(units),
            Refunded::NotRestocked => {
                self.unclear = self.unclear.saturating_add(units);
                self.not_restocked = self.not_restocked.saturating_add(units);
            }
            Refunded::Returned => self.returned = self.returned.saturating_add(units),
            Refunded::Unclear => self.unclear = self.unclear.saturating_add(units),
        }
    }

    /// Notes units of a return: so many are in it, and of them so many came back.
    pub(super) fn in_return(&mut self, units: i64, came_back: i64) {
        self.unclear = self.unclear.saturating_add(units);
        self.returned = self.returned.saturating_add(came_back);
    }

    /// A line of no variant that needs no shipping is a tip, gift wrapping or a word of the staff: an amount. A custom line that is sent by
    /// shipment is goods, of which nobody knows which.
    fn kind(&self) -> LineKind {
        match (self.gift_card, self.unshipped, self.variant) {
            (true, _, _) | (false, true, None) => LineKind::Charge,
            (false, true, Some(_)) => LineKind::Digital,
            (false, false, _) => LineKind::Goods,
        }
    }

    /// Units that will never be sent; `None` where only a full read can tell them from units refunded after sending.
    ///
    /// `current` falls by both kinds, and by units that are paid back and still to be sent. They are told apart by what was sent, by the
    /// refunds' own words, and where those are silent by what is still to be sent.
    fn cancelled(&self, order_cancelled: bool) -> Option<i64> {
        let unsent = self.quantity.saturating_sub(self.shipped).max(0);
        let gone = self.quantity.saturating_sub(self.current).max(0);
        if order_cancelled || unsent == 0 {
            return Some(unsent);
        }
        if self.unclear == 0 {
            return Some(gone.saturating_sub(self.returned).clamp(0, unsent));
        }
        self.unfulfilled.map(|left| unsent.saturating_sub(left).clamp(0, gone.min(unsent)))
    }

    /// As a line that could not be read would be named.
    fn unreadable(&self) -> UnreadableLine {
        UnreadableLine {
            id: OrderLineId::new(self.id.to_string()).ok(),
            offer: self.variant.and_then(|id| OfferId::new(id.to_string()).ok()),
            sku: self.sku.as_deref().and_then(|text| Sku::new(text.trim()).ok()),
            ean: None,
            title: self.title.clone(),
            field_error: lenient::unreadable("quantity", "", WHOLE_UNITS),
            may_be: PossibleProducts::Named,
        }
    }

    /// Of the cancelled units, those that are not on sale again, and of these those of which no refund tells; these are as `untold` says: on
    /// sale, or not. `None` where only a full read tells.
    fn not_restocked(&self, cancelled: i64, untold: Option<bool>) -> Option<(i64, i64)> {
        let not_put_back = cancelled.saturating_sub(self.put_back).max(0);
        let told = not_put_back.min(self.not_restocked);
        match untold {
            _ if told == not_put_back => Some((told, 0)),
            Some(true) => Some((told, 0)),
            Some(false) => Some((not_put_back, not_put_back - told)),
            None => None,
        }
    }

    /// The line; `None` where these facts do not settle it.
    fn line(self, order_cancelled: bool, untold: Option<bool>) -> Option<std::result::Result<SnapshotLine, FieldError>> {
        let cancelled = self.cancelled(order_cancelled)?;
        let (not_restocked, restock_untold) = self.not_restocked(cancelled, untold)?;
        Some(self.with(cancelled, Quantity::clamped(not_restocked), Quantity::clamped(restock_untold)))
    }

    fn with(
        self,
        cancelled: i64,
        not_restocked: Quantity,
        restock_untold: Quantity,
    ) -> std::result::Result<SnapshotLine, FieldError> {
        let units = |units: i64, field: &str| {
            Quantity::new(units).map_err(|_| lenient::unreadable(field, units.to_string(), WHOLE_UNITS))
        };
        let id = |_| lenient::unreadable("id", "too long", "a number");
        let returned = Quantity::clamped(self.returned.min(self.shipped));
        Ok(SnapshotLine {
            kind: self.kind(),
            id: OrderLineId::new(self.id.to_string()).map_err(id)?,
            offer: self.variant.map(|id| OfferId::new(id.to_string())).transpose().map_err(id)?,
            sku: self.sku.as_deref().and_then(|text| Sku::new(text.trim()).ok()),
            // The webhook does not tell barcodes; the variant is enough to find the product.
            ean: None,
            title: self.title,
            fulfilment: Fulfilment::Merchant,
            ordered: units(self.quantity, "quantity")?,
            cancelled: units(cancelled, "currentQuantity")?,
            not_restocked,
            restock_untold,
            shipped: Quantity::clamped(self.shipped.min(self.quantity)),
            returned,
            // Put back into stock, or taken in by a return: either way they are there.
            restocked: returned,
            cancellation_requested: false,
            unit_price: None,
            terms: LineTerms::default(),
        })
    }
}

impl OrderFacts {
    /// The order's number as our type.
    pub(super) fn number(&self) -> Result<OrderNumber> {
        Ok(OrderNumber::new(self.number.to_string())?)
    }

    /// The mark of this state.
    pub(super) fn stamp(&self, operation: &'static str) -> Result<Timestamp> {
        instant(operation, &self.updated_at)
    }

    /// The line of this id, if the order has it.
    pub(super) fn line_mut(&mut self, id: u64) -> Option<&mut LineFacts> {
        self.lines.iter_mut().find(|line| line.id == id)
    }

    /// The snapshot; `None` where these facts do not settle every line and the order must be read whole. `untold`: whether units of which
    /// nobody tells are on sale again (`Account::restocks_untold`); `None` where not all is read that may tell.
    pub(super) fn snapshot(self, operation: &'static str, untold: Option<bool>) -> Result<Option<OrderSnapshot>> {
        if self.unreadable_returns {
            return Ok(None);
        }
        let number = self.number()?;
        let mut lines = Vec::with_capacity(self.lines.len());
        let mut unreadable_lines = self.unreadable_lines;
        let of_a_line = || self.lines.iter().find_map(|line| line.unit_price.currency.get().cloned());
        let mut amounts = Amounts::new(self.terms.currency().or_else(of_a_line));
        let terms = self.terms.read(&mut amounts);
        amounts.name(None, &mut unreadable_lines);
        for mut line in self.lines {
            let named = line.unreadable();
            let (price, discounts) = (std::mem::take(&mut line.unit_price), std::mem::take(&mut line.discounts));
            let Some(read) = line.line(self.cancelled, untold) else { return Ok(None) };
            match read {
                Ok(mut line) => {
                    line.unit_price = price.money(&mut amounts, terms::UNIT_PRICE);
                    line.terms.discount = terms::off(&discounts, &mut amounts).and_then(Money::above_nothing);
                    amounts.name(Some(&line), &mut unreadable_lines);
                    lines.push(line);
                }
                Err(problem) => unreadable_lines.push(UnreadableLine { field_error: problem, ..named }),
            }
        }
        // Which states there are beyond these is told differently by the two shapes.
        let status = match (self.cancelled, self.closed) {
            (true, _) => "cancelled",
            (false, true) => "closed",
            (false, false) => "open",
        };
        let snapshot = OrderSnapshot {
            number,
            display_number: Some(self.name),
            placed_at: instant(operation, &self.created_at)?,
            stamp: Some(instant(operation, &self.updated_at)?),
            channel_status: status.to_owned(),
            // Draft orders are a list of their own, which is not read.
            draft: false,
            awaits_acceptance: None,
            // `ZZ` is Shopify's word for a country it does not know.
            ship_to: self.ship_to.as_deref().filter(|code| *code != "ZZ").and_then(|code| Country::new(code).ok()),
            lines,
            terms,
            unreadable_lines,
        };
        Ok(Some(snapshot.sifted()))
    }
}

/// An instant in whole seconds: one shape has fractions where the other has none.
pub(super) fn instant(operation: &'static str, text: &str) -> Result<Timestamp> {
    let wrong = || Error::new(ErrorKind::Protocol, operation, "Shopify told a time that is none");
    let exact: Timestamp = text.parse().map_err(|_| wrong())?;
    Timestamp::from_second(exact.as_second()).map_err(|_| wrong())
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
