//! Moments in which nobody has anything to do: what is wrong then, nobody is on the way to mend.
//!
//! At the end of a world much is looked at once more, and a product that is sold again is told again: a change that was lost is mostly
//! mended before anybody asks. So it is asked whenever there is peace, before anything happens that may mend it.

use super::{ON_SALE, PRODUCTS, SET, Simulation, broken};
use contracts::{InboundOrder, StockHint};
use domain::ConnectionId;
use ports::QueueName;
use std::collections::BTreeSet;

impl Simulation<'_> {
    /// I11: nobody is at work and nothing waits on any queue, so every channel shows its figure. Left out is what nobody can know yet: a
    /// channel with an order that is not in, one whose items were not looked at, what the merchant edited there, and products of which
    /// word may be among the dead letters.
    pub(super) fn look_at_rest(&mut self) {
        let is_new = self.peaceful_at < self.worked_at;
        let is_peace = self.tasks.is_empty() && self.queues.is_empty() && self.outbox.is_empty();
        if !is_new || !is_peace || self.now() < self.heard_again {
            return;
        }
        self.peaceful_at = self.worked_at;
        self.report.peaceful += 1;
        let known = |id: &&ConnectionId| !self.unmatched.contains(*id) && !self.books.awaits_any(id);
        let known: BTreeSet<ConnectionId> = self.connected.iter().filter(known).cloned().collect();
        let doubtful = self.doubtful();
        for product in (0..self.on_sale().len()).filter(|product| !doubtful.contains(product)) {
            let ids: BTreeSet<ConnectionId> = known.iter().filter(|id| !self.books.is_foreign(id, product)).cloned().collect();
            let all = ids.len() == self.connected.len();
            if let Some(wrong) = self.wrong(product, &ids, all) {
                broken!("I11", "{wrong}, and nobody is on the way to mend it");
            }
            for id in &ids {
                self.nothing_ahead_but_by_rule(id, product);
            }
        }
    }

    /// Products of which nobody may have been told, because the message died: the hint, or the order that was taken in and not hinted at.
    fn doubtful(&self) -> BTreeSet<usize> {
        let mut doubtful = BTreeSet::new();
        for letter in self.queues.dead_letters() {
            match letter.queue {
                QueueName::StockHints => {
                    let hint: StockHint = serde_json::from_str(&letter.body).unwrap();
                    doubtful.extend(ON_SALE.iter().position(|name| *name == hint.sku.as_str()));
                }
                QueueName::Inbound => {
                    let order: InboundOrder = serde_json::from_str(&letter.body).unwrap();
                    doubtful.extend(self.books.products_of(&(order.connection, order.number)));
                }
                QueueName::OrderUpdates => {}
            }
        }
        if doubtful.contains(&SET) {
            doubtful.extend(0..PRODUCTS.len());
        }
        if !doubtful.is_empty() {
            doubtful.insert(SET);
        }
        doubtful
    }
}
