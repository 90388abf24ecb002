//! Amounts of an order as channels write them: each is read by itself, and what cannot be read is named and stops nothing.

use crate::lenient::{self, Field};
use domain::{Currency, FieldError, Money, SnapshotLine, UnreadableLine};
use rust_decimal::Decimal;

/// What an amount must be.
const AMOUNT: &str = "an amount, such as 12.95";

/// Reads amounts in one currency, and remembers what of them cannot be read.
#[derive(Debug)]
pub struct Amounts {
    currency: Option<Currency>,
    unreadable: Vec<FieldError>,
}

impl Amounts {
    /// In this currency. Without one an amount says nothing.
    pub fn new(currency: Option<Currency>) -> Self {
        Self { currency, unreadable: Vec::new() }
    }

    /// The currency.
    pub fn currency(&self) -> Option<&Currency> {
        self.currency.as_ref()
    }

    /// An amount as it stands in a field; `None`: it is not told, or cannot be read and is named.
    pub fn given(&mut self, field: &Field<Decimal>, name: &str) -> Option<Decimal> {
        self.known(field.given(name, AMOUNT).map(Option::<&Decimal>::copied))?
    }

    /// As `given`, as money.
    pub fn money(&mut self, field: &Field<Decimal>, name: &str) -> Option<Money> {
        let amount = self.given(field, name)?;
        self.of(amount, name)
    }

    /// An amount that was worked out from those of this field.
    pub fn of(&mut self, amount: Decimal, name: &str) -> Option<Money> {
        let currency = self.currency.as_ref()?;
        let told = Money::told(amount, currency).ok_or_else(|| lenient::unreadable(name, amount.to_string(), AMOUNT));
        self.known(told)
    }

    /// What was read of a field; what could not be is remembered.
    pub fn known<T>(&mut self, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|problem| {
            if !self.unreadable.contains(&problem) {
                self.unreadable.push(problem);
            }
        })
        .ok()
    }

    /// Names what could not be read, of this line or of the order as a whole, and begins anew.
    pub fn name(&mut self, line: Option<&SnapshotLine>, unreadable_lines: &mut Vec<UnreadableLine>) {
        unreadable_lines.extend(self.unreadable.drain(..).map(|problem| UnreadableLine::amount(line, problem)));
    }
}
