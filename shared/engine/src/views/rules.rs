//! The rules that hold for a product, and what they are made of.

use super::{Unreadable, connections, item};
use crate::Ports;
use crate::publish::stock::Present;
use crate::readable::{Wanted, wanted};
use crate::rows::{ConnectionRow, RuleRow, StockSettingsRow};
use domain::{ConnectionId, Quantity, RuleChange, Sku, StockRule};
use jiff::Timestamp;
use ports::Result;

/// The rules of a product.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct RulesView {
    /// The product.
    pub sku: Sku,
    /// It is shared out when at most so many units are left: its own threshold, or else the one of all products; none: never, or a row that may say so
    /// cannot be read.
    pub quota_mode_below: Option<Quantity>,
    /// What differs for it on every connection.
    pub product: Option<ChangeView>,
    /// By connection.
    pub connections: Vec<ConnectionRule>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// What differs, and who said so.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ChangeView {
    /// What differs; a field that is not there is as it was.
    pub change: RuleChange,
    /// Since when, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Who said so.
    pub by: String,
}

/// The rule of a product on one connection.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ConnectionRule {
    /// Which.
    pub connection: ConnectionId,
    /// The connection's rule for all its products.
    pub base: StockRule,
    /// What differs for this product there, before what differs for it everywhere.
    pub product_override: Option<ChangeView>,
    /// The rule that holds: the connection's, with what differs for the product, with what differs for it here. None: not known, because a row cannot
    /// be read.
    pub effective: Option<StockRule>,
}

/// The rules of a product; on one connection alone, if so wanted.
pub async fn rules(world: &Ports, sku: &Sku, only: Option<&ConnectionId>) -> Result<RulesView> {
    let mut unreadable = Vec::new();
    item(world, sku, &mut unreadable).await?;
    let connections = connections(world).await?;
    only.map_or(Ok(()), |id| connections.expect(id))?;
    unreadable.extend(connections.unreadable);
    let settings: Wanted<StockSettingsRow> = wanted(world, &StockSettingsRow::key(), &mut unreadable).await?;
    let settings = settings.read().unwrap_or_default().0;
    let seen = Present::read_for_people(world, sku).await?;
    unreadable.extend(Unreadable::of_product(&seen));
    let (present, known) = (&seen.present, seen.figures_are_known());
    let said = |connection: Option<&ConnectionId>| {
        let row = present.rules.0.iter().find(|row| row.connection.as_ref() == connection);
        row.map(|RuleRow { change, at, by, .. }| ChangeView { change: change.clone(), at: *at, by: by.clone() })
    };
    let one = |row: &ConnectionRow| ConnectionRule {
        connection: row.id.clone(),
        base: row.rule.clone(),
        product_override: said(Some(&row.id)),
        effective: known.then(|| present.rules.of(row)),
    };
    Ok(RulesView {
        sku: sku.clone(),
        quota_mode_below: present.rules.quota_below().or(settings.quota_mode_below).filter(|below| !below.is_zero()),
        product: said(None),
        connections: connections.known.values().filter(|row| only.is_none_or(|id| row.id == *id)).map(one).collect(),
        unreadable,
    })
}
