//! What the merchant says of single products: the letter, the rule that holds, and what may be sold ahead by it.

use super::functions::Answer;
use super::{ON_SALE, Operation, SET, Simulation, broken};
use crate::shop::{q, sku};
use domain::{ConnectionId, Percentage, RuleChange, StockRule};
use engine::put_rule;
use engine::rows::{RuleRow, SharesRow, TypedRow};
use std::collections::{BTreeMap, BTreeSet};

/// What the world remembers of rules.
#[derive(Default)]
pub(super) struct Rules {
    asked: u32,
    /// Those under way and what they say, by number; and whether another was under way for the same product meanwhile.
    under_way: BTreeMap<u32, (usize, bool)>,
    /// The most units that could be sold ahead since all was last seen to be right: what was shown then may still be.
    ahead: BTreeMap<(ConnectionId, usize), i64>,
    /// Products that were sold ahead while they were not shared out: more is promised than there is, and was meant to be.
    promised: BTreeSet<usize>,
}

impl Simulation<'_> {
    /// A person at the page says what differs for a product, everywhere or on a connection.
    pub(super) fn say_rule(&mut self, operation: &Operation) {
        let Operation::ProductRule {
            product,
            connection,
            safety_stock,
            percent,
            pre_order,
            most_shown,
            least_shown,
            paused,
            share,
            quota_below,
            start_tracking,
        } = *operation
        else {
            return;
        };
        let product = usize::from(product);
        if product >= self.on_sale().len() {
            return;
        }
        let units = |units: u8| q(i64::from(units));
        let change = RuleChange {
            safety_stock: safety_stock.map(units),
            percentage: percent.and_then(|percent| Percentage::new(percent.into()).ok()),
            pre_order: pre_order.map(units),
            maximum: most_shown.map(units),
            minimum: least_shown.map(units),
            paused,
            weight: share.map(u32::from),
            start_tracking,
            // A world in which everything is shared out, always, is about that.
            quota_mode_below: quota_below
                .map(units)
                .filter(|_| self.script.settings().quota_mode_below != Some(domain::Quantity::MAX)),
        };
        let connection = connection.map(|place| self.connection(place));
        self.ways.tracking_said |= start_tracking == Some(true);
        self.rules_said.asked += 1;
        let number = self.rules_said.asked;
        // Who died writes nothing any more.
        let lives = |number: u32| self.tasks.iter().any(|task| task.name.starts_with(&format!("rule {number} ")));
        self.rules_said.under_way.retain(|number, _| lives(*number));
        let others = self.rules_said.under_way.values_mut().filter(|(other, _)| *other == product);
        let alone = others.map(|(_, is_alone)| *is_alone = false).count() == 0;
        self.rules_said.under_way.insert(number, (product, alone));
        let sku = sku(ON_SALE[product]);
        let said = serde_json::to_string(&change).unwrap();
        let everywhere = connection.as_ref().map_or("everywhere", |id| id.as_str());
        let name = format!("rule {number} for {sku} {everywhere}: {said}");
        self.start("page", name, move |world, _| async move {
            let done = put_rule(&world, &sku, connection.as_ref(), &change, "merchant").await;
            Answer::Ruled { number, connection, change, done: done.map_err(|error| error.message) }
        });
    }

    /// I1: what a person was told is done holds, unless somebody said something else meanwhile.
    pub(super) fn check_ruled(&mut self, number: u32, connection: Option<&ConnectionId>, change: &RuleChange, done: bool) {
        let Some((product, alone)) = self.rules_said.under_way.remove(&number) else { return };
        // With its connection goes what was said for it.
        let there = connection.is_none_or(|id| self.connected.contains(id) && !self.unmatched.contains(id));
        let holds = self.said(product, connection);
        if done && alone && there && holds != *change {
            broken!("I1", "rule {number} was answered as done: {change:?}; what holds is {holds:?}");
        }
    }

    fn said(&self, product: usize, connection: Option<&ConnectionId>) -> RuleChange {
        let row = self.market.stage.table.row(&RuleRow::key(&sku(ON_SALE[product]), connection));
        row.map(|row| RuleRow::from_row(&row).unwrap().change).unwrap_or_default()
    }

    /// Whether a product is shared out.
    pub(super) fn is_shared(&self, product: usize) -> bool {
        self.market.stage.table.row(&SharesRow::key(&sku(ON_SALE[product]))).is_some()
    }

    /// The rule by which a connection is shown a product, as it stands now.
    pub(super) fn rule_of(&self, id: &ConnectionId, product: usize) -> StockRule {
        if self.leads(id) {
            // It is shown all there is.
            return StockRule::default();
        }
        let rule = self.rules[id].with(&self.said(product, None), &self.said(product, Some(id)));
        if self.is_shared(product) { rule.without_pre_order() } else { rule }
    }

    /// A rule of a product was written, or taken away.
    pub(super) fn see_rule(&mut self, sku: &str) {
        let Some(product) = ON_SALE.iter().position(|name| *name == sku) else { return };
        for id in self.market.connections.clone() {
            let ahead = self.said(product, Some(&id)).pre_order.or(self.said(product, None).pre_order);
            let most = self.rules_said.ahead.entry((id, product)).or_default();
            *most = ahead.unwrap_or_default().units().max(*most);
        }
    }

    /// The most units of a product that a connection may be shown beyond those there are.
    pub(super) fn ahead(&self, id: &ConnectionId, product: usize) -> i64 {
        self.rules_said.ahead.get(&(id.clone(), product)).copied().unwrap_or(0)
    }

    /// A connection was seen to show a product's figure: what was allowed before is over.
    pub(super) fn nothing_ahead_but_by_rule(&mut self, id: &ConnectionId, product: usize) {
        let now = self.said(product, Some(id)).pre_order.or(self.said(product, None).pre_order);
        self.rules_said.ahead.insert((id.clone(), product), now.unwrap_or_default().units());
    }

    /// Whether more of a product was promised on purpose than there was: sold ahead while it had a single listing, and nobody to share
    /// with.
    pub(super) fn is_promised_ahead(&mut self, product: usize) -> bool {
        let alone = self.connected.len() < 2 + self.unmatched.intersection(&self.connected).count();
        if alone && self.connected.iter().any(|id| self.ahead(id, product) > 0) {
            self.rules_said.promised.insert(product);
        }
        self.rules_said.promised.contains(&product)
    }

    /// What there is of a product beyond what is owed; below zero, so many are owed. Of a set, as many as the scarcest of its products
    /// allows.
    pub(super) fn free(&self, product: usize) -> i64 {
        if product == SET {
            let sets = super::SET_OF.iter().enumerate().map(|(part, units)| self.free(part).div_euclid(*units));
            return sets.min().unwrap_or_default();
        }
        let (table, sku) = (&self.market.stage.table, sku(ON_SALE[product]));
        let stock = crate::invariants::stock(table);
        let available: i64 = stock.iter().filter(|((s, _), _)| *s == sku).map(|(_, level)| level.available.units()).sum();
        available - crate::invariants::short(table).get(&sku).copied().unwrap_or(0)
    }
}
