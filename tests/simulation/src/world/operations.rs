//! What customers, the merchant and the network do.

use super::{ARTICLES, Simulation};
use crate::shop::{location, q, sku};
use channels::far_side::Trouble;
use engine::{Correction, StockChange, correct_stock};
use jiff::SignedDuration;
use testkit::run::finish;

impl Simulation {
    /// One operation, drawn.
    pub(super) fn operate(&mut self) {
        match self.fate.below(20) {
            0..13 => self.buy(),
            13..15 => self.cancel(),
            15..17 => self.receive_goods(),
            _ => self.trouble(),
        }
    }

    fn any_connection(&self) -> domain::ConnectionId {
        let at = self.fate.below(u32::try_from(self.market.connections.len()).unwrap()) as usize;
        self.market.connections[at].clone()
    }

    fn any_article(&self) -> &'static str {
        ARTICLES[self.fate.below(u32::try_from(ARTICLES.len()).unwrap()) as usize].0
    }

    fn buy(&mut self) {
        let (id, article, units) = (self.any_connection(), self.any_article(), i64::from(1 + self.fate.below(3)));
        let bought = self.market.on(&id, |side, now| side.buy(now, &sku(article), q(units)));
        self.note(|| format!("buy {id} {article} {units}: {bought:?}"));
        if let Ok(number) = bought {
            self.sales.push((id.clone(), article, units));
            self.placed.push((id, number, article, units));
        }
    }

    fn cancel(&mut self) {
        if self.placed.is_empty() {
            return;
        }
        let at = self.fate.below(u32::try_from(self.placed.len()).unwrap()) as usize;
        let (id, number, article, units) = self.placed.swap_remove(at);
        let done = self.market.on(&id, |side, now| side.cancel(now, &number));
        self.note(|| format!("cancel {id} {number}: {done}"));
        if done {
            // Its units may be sold again, there as anywhere.
            let sale = self.sales.iter().position(|(c, a, n)| *c == id && *a == article && *n == units);
            sale.map(|at| self.sales.remove(at));
        }
    }

    fn receive_goods(&mut self) {
        let (article, units) = (self.any_article(), i64::from(1 + self.fate.below(9)));
        let correction = Correction {
            sku: sku(article),
            location: location("main"),
            change: StockChange::Add(units),
            reason: "receipt".into(),
            by: "merchant".into(),
        };
        // A person at a page repeats what failed; here it does not fail.
        finish(correct_stock(&self.market.stage.world(), &correction)).unwrap();
        *self.units.entry(article).or_default() += units;
        self.note(|| format!("receipt {article} {units}"));
    }

    fn trouble(&mut self) {
        if self.fate.is_calm() {
            return;
        }
        let id = self.any_connection();
        let lasting = SignedDuration::from_secs(i64::from(1 + self.fate.below(60)));
        let times = 1 + self.fate.below(4);
        let kind = self.fate.below(8);
        let trouble = self.market.on(&id, |side, now| {
            let until = now + lasting;
            let trouble = match kind {
                0 => Trouble::TooMany { until },
                1 => Trouble::Silent { until },
                2 => Trouble::FailAfterApply { times },
                3 => Trouble::TokensRevoked,
                4 => Trouble::WebhooksLost { times },
                5 => Trouble::WebhooksDoubled { times },
                6 => Trouble::WebhooksLate { by: lasting },
                _ => Trouble::SubscriptionOff,
            };
            side.trouble(trouble);
            trouble
        });
        self.note(|| format!("trouble {id} {trouble:?}"));
    }
}
