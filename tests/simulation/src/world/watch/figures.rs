//! What the channels' shop windows show, and who wrote it.

use super::super::functions::Task;
use super::super::{Mode, ON_SALE, PRODUCTS, SET, SET_OF, Simulation, broken};
use crate::invariants;
use crate::shop::sku;
use domain::{ChannelId, ConnectionId};
use ports::{Connectors, StockSemantics};

impl Simulation<'_> {
    /// Looks at every channel after a step.
    pub(super) fn see_channels(&mut self, task: Option<&Task>) {
        for id in self.market.connections.clone() {
            let (writes, last) = self.market.on(&id, |side, _| (side.stock_writes(), side.last_stock_write()));
            let known = self.watch.writes.insert(id.clone(), writes);
            // Where figures wait at the channel, they come in force when nobody pushes.
            let is_shaped = self.market.shaped.as_ref().is_some_and(|(shaped, _)| *shaped == id);
            if known.is_some_and(|known| known < writes) && !is_shaped {
                let product = last.as_ref().and_then(|(code, _)| (0..self.on_sale().len()).find(|n| self.code(&id, *n) == *code));
                self.check_countable(&id, product, task);
                if let Some(product) = product {
                    self.see_set_over(&id, product);
                }
                if let Some((code, figure)) = last {
                    self.note(&format!("{id} is told {figure} of {code}"));
                    self.see_write(&id, &code, figure, task);
                }
            }
        }
        self.see_late_figures();
        if self.script.mode == Mode::Quota {
            self.check_shares();
        }
        self.check_figures();
    }

    /// I5, shared out: what is on sale on all channels, and what was sold, is no more than there is. So nothing can be oversold,
    /// whoever buys next. No rule lets more be sold ahead, but where a single channel has the product and shares it with nobody; nor is it shared
    /// out then, and a figure of its that was on its way is on sale over what was sold meanwhile.
    fn check_shares(&mut self) {
        for (product, name) in PRODUCTS.iter().enumerate() {
            self.watch.checks += 1;
            if self.is_promised_ahead(product) {
                continue;
            }
            let on_sale: i64 = self.connected.iter().map(|id| self.shown(id, product)).sum();
            let (mut sold, mut edited, mut revived) = (0, 0, 0);
            for id in &self.market.connections {
                sold += self.books.sold_on(id, product);
                edited += self.books.edited_on(id, product);
                revived += self.watch.late.revived(id, product);
            }
            let units = self.books.units(product);
            if on_sale + sold > units + edited + revived {
                let each =
                    |id: &ConnectionId| format!("{id} {} and {}", self.shown(id, product), self.books.sold_on(id, product));
                let each: Vec<String> = self.market.connections.iter().map(each).collect();
                broken!(
                    "I5",
                    "{on_sale} of {name} are on sale and {sold} sold ({}); {units} there ever were, and {edited} by edits there",
                    each.join(", ")
                );
            }
        }
    }

    /// I6: only who holds the listing's row writes its figure.
    fn see_write(&mut self, id: &ConnectionId, code: &domain::Sku, figure: i64, task: Option<&Task>) {
        self.watch.checks += 1;
        let Some(product) = (0..self.on_sale().len()).find(|product| self.code(id, *product) == *code) else {
            broken!("I6", "{id} was told {figure} of {code}, which is not on sale");
        };
        self.books.written(id, product);
        let holder = self.watch.holders.get(&(sku(ON_SALE[product]), id.clone())).map(|(_, task)| *task);
        let writer = task.map(|task| task.id);
        if holder.is_none() || holder != writer {
            broken!("I6", "{id} was told {figure} of {code} by function {writer:?}, while {holder:?} holds the row");
        }
    }

    /// I5: a channel that compares before it sets never shows more than there are units left after its own sales; sales that came out
    /// short hold no unit, so they leave what others gave back. A channel that cannot compare may show more, while a set that was
    /// under way during a sale is not yet mended. What a rule lets be sold ahead may be shown besides.
    fn check_figures(&mut self) {
        for id in self.connected.iter().filter(|id| compares(id)) {
            for (product, name) in PRODUCTS.iter().enumerate() {
                self.check_figure(id, product, product, 1, name);
                if self.script.bundle {
                    self.check_figure(id, product, SET, SET_OF[product], name);
                }
            }
        }
        self.watch.checks += self.connected.len() as u64;
    }

    /// That what is on sale of `shown`, of which each takes so many units of a product, leaves enough of the product.
    fn check_figure(&self, id: &ConnectionId, product: usize, shown: usize, each: i64, name: &str) {
        let (figure, sold) = (self.shown(id, shown), self.books.sold_on(id, shown));
        let more = self.books.edited_on(id, shown) + self.ahead(id, shown);
        let units = self.books.units(product) + each * more;
        if each * (figure + sold) <= units {
            return;
        }
        // Looked up only where it matters: all orders are read for it.
        let short: i64 = invariants::orders(&self.market.stage.table)
            .values()
            .filter(|order| order.connection == *id)
            .flat_map(|order| order.lines.iter().flat_map(|line| &line.parts))
            .filter(|part| part.sku.as_str() == name)
            .map(|part| part.short.units())
            .sum();
        if each * (figure + sold) > units + short {
            broken!(
                "I5",
                "{id} shows {figure} of {}: {units} of {name} there ever were or could be sold ahead, {sold} times {each} it sold, {short} of those short",
                ON_SALE[shown]
            );
        }
    }
}

/// Whether a channel sets a figure only where it shows the one that was read.
pub(super) fn compares(id: &ConnectionId) -> bool {
    let channel = connectors::Registry.get(&ChannelId::new(id.as_str()).unwrap()).unwrap();
    channel.stock().unwrap().descriptor().semantics == StockSemantics::CompareAndSet
}
