//! The rule that holds for a product on a connection.

use crate::rows::{ConnectionRow, RuleRow};
use domain::{ConnectionId, Quantity, RuleChange, StockRule};

/// What differs for a product, everywhere and on single connections.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules(pub(crate) Vec<RuleRow>);

impl Rules {
    /// What differs everywhere (`None`), or on a connection alone.
    pub(crate) fn change(&self, connection: Option<&ConnectionId>) -> RuleChange {
        self.0.iter().find(|row| row.connection.as_ref() == connection).map(|row| row.change.clone()).unwrap_or_default()
    }

    /// A connection's rule for the product: what is said here goes before what is said for the product anywhere, and that before `rule`.
    pub(crate) fn on(&self, rule: &StockRule, connection: &ConnectionId) -> StockRule {
        rule.with(&self.change(None), &self.change(Some(connection)))
    }

    /// The connection's rule for the product.
    pub(crate) fn of(&self, connection: &ConnectionRow) -> StockRule {
        self.on(&connection.rule, &connection.id)
    }

    /// The product's own threshold for sharing it out, if it has one.
    pub(crate) fn quota_below(&self) -> Option<Quantity> {
        self.change(None).quota_mode_below
    }
}
