//! What happens: operations, one by one, as their doers do them.

use super::books::Sold;
use super::{ON_SALE, Operation, PRODUCTS, Past, Simulation};
use crate::shop::{location, q, sku};
use connectors::simulated_channel::Trouble;
use domain::{ConnectionId, OrderNumber, StockRule};
use engine::rows::{ConnectionRow, TypedRow};
use engine::{Correction, StockChange, put_connection, remove_connection};
use jiff::SignedDuration;
use testkit::run::finish;

impl Simulation<'_> {
    /// Does it.
    pub(super) fn act(&mut self, operation: &Operation) {
        match *operation {
            Operation::Buy { connection, product, units } => self.buy(connection, product, units),
            Operation::Rush { product, buyers } => {
                for buyer in 0..buyers {
                    // Customers are spread over the channels, and functions run meanwhile.
                    self.buy(u8::try_from(buyer % 3).unwrap_or(0), product, 1);
                    self.observe(None);
                    for _ in 0..self.chance.below(4) {
                        self.step();
                    }
                }
            }
            Operation::Drip { connection, product, buyers, gap_ms } => {
                for _ in 0..buyers {
                    self.buy(connection, product, 1);
                    self.observe(None);
                    let until = self.now() + SignedDuration::from_millis(i64::from(gap_ms));
                    self.run_until(until);
                }
            }
            Operation::Cancel { which } => self.cancel(which),
            Operation::Receive { product, units } => self.change(product, StockChange::Add(i64::from(units))),
            Operation::WriteOff { product, units } => self.change(product, StockChange::Add(-i64::from(units))),
            Operation::Count { product, units } => self.change(product, StockChange::Set(q(i64::from(units)))),
            Operation::Rule { connection, safety_stock, most_shown, share } => {
                let most_shown = most_shown.map(|most| q(i64::from(most)));
                self.rule(
                    connection,
                    StockRule {
                        safety_stock: q(i64::from(safety_stock)),
                        maximum: most_shown,
                        weight: share.into(),
                        ..StockRule::default()
                    },
                );
            }
            Operation::ProductRule { .. } => self.say_rule(operation),
            Operation::Rename { connection, product } => self.rename(connection, product),
            Operation::EditStock { connection, product, units } => self.edit(connection, product, i64::from(units)),
            Operation::Connect { connection } => self.connect(connection),
            Operation::Disconnect { connection } => self.disconnect(connection),
            Operation::Replay { which } => self.replay(which),
            Operation::Redrive => {
                let letters = self.queues.redrive(self.now());
                self.note(&format!("{letters} dead letters are put back"));
            }
            Operation::Redeploy => {
                self.redeploy();
                self.note("a new version is deployed");
            }
            Operation::ClockJumps { seconds, lasting_ms } => self.clock_jumps(seconds, lasting_ms),
            _ => {
                self.handle(operation);
                self.trouble(operation);
                self.count_there(operation);
                self.plug_in(operation);
            }
        }
    }

    fn buy(&mut self, connection: u8, product: u8, units: u8) {
        let id = self.connection(connection);
        self.sell(&id, &[(usize::from(product), i64::from(units))], "NL");
    }

    /// A customer buys this, in one order.
    pub(super) fn sell(&mut self, id: &ConnectionId, wanted: &[(usize, i64)], ship_to: &str) -> Option<OrderNumber> {
        if !self.connected.contains(id) || wanted.is_empty() {
            return None;
        }
        let sold = |(product, units): &(usize, i64)| Sold {
            product: *product,
            code: self.code(id, *product),
            units: *units,
            cancelled: 0,
            kept_off: 0,
        };
        let lines: Vec<Sold> = wanted.iter().map(sold).collect();
        let told: Vec<_> = lines.iter().map(|line| (line.code.clone(), q(line.units))).collect();
        let now = self.now();
        let before: Vec<Option<i64>> = wanted.iter().map(|(product, _)| self.figure(id, *product)).collect();
        let bought = self.market.on(id, |side, now| side.buy_all(now, &told, ship_to));
        let what: Vec<String> = wanted.iter().map(|(product, units)| format!("{units} {}", ON_SALE[*product])).collect();
        self.note(&format!("buy {} at {id}: {bought:?}", what.join(" and ")));
        let number = bought.ok()?;
        for ((product, units), before) in wanted.iter().zip(before) {
            self.sold_at_will(id, *product, *units, before);
        }
        self.books.sold((id.clone(), number.clone()), lines, now);
        Some(number)
    }

    fn cancel(&mut self, which: u32) {
        let Some(order) = self.books.any_standing(which) else { return };
        let done = self.market.on(&order.0, |side, now| side.cancel(now, &order.1));
        self.note(&format!("cancel {} at {}: {done}", order.1, order.0));
        self.see_there(&order, true);
    }

    /// A person at the page; what it comes to is known when it is in the ledger.
    fn change(&mut self, product: u8, change: StockChange) {
        self.corrections += 1;
        let reason = format!("correction {}", self.corrections);
        let sku = sku(PRODUCTS[usize::from(product)]);
        self.note(&format!("{reason}: {change:?} {sku}"));
        self.correct(Correction { sku, location: location("main"), change, reason, by: "merchant".into() });
    }

    /// A connection's configuration as it is now.
    pub(super) fn row(&self, id: &ConnectionId) -> Option<ConnectionRow> {
        self.market.stage.table.row(&ConnectionRow::key(id)).map(|row| ConnectionRow::from_row(&row).unwrap())
    }

    fn rule(&mut self, connection: u8, rule: StockRule) {
        let id = self.connection(connection);
        let Some(row) = self.row(&id) else { return };
        self.note(&format!("{id} is shown by another rule: {rule:?}"));
        finish(put_connection(&self.market.stage.world(), &ConnectionRow { rule: rule.clone(), ..row })).unwrap();
        self.rules.insert(id, rule);
    }

    fn rename(&mut self, connection: u8, product: u8) {
        let (id, product) = (self.connection(connection), usize::from(product));
        let before = self.code(&id, product);
        let code = sku(&format!("{}-{}", PRODUCTS[product], self.codes.len() + self.history.lines().len()));
        self.market.on(&id, |side, now| side.rename(now, &before, &code));
        self.note(&format!("{before} is called {code} at {id}"));
        self.codes.insert((id, product), code);
    }

    fn connect(&mut self, connection: u8) {
        let id = self.connection(connection);
        if !self.connected.insert(id.clone()) {
            return;
        }
        self.note(&format!("{id} is connected"));
        let row = ConnectionRow { orders_since: self.now(), ..self.market.row(&id) };
        finish(put_connection(&self.market.stage.world(), &row)).unwrap();
        self.rules.insert(id.clone(), row.rule);
        for product in 0..self.on_sale().len() {
            // What it shows at the start is the merchant's own figure.
            let shown = self.shown(&id, product);
            self.books.edited(&id, product, shown);
        }
        self.must_be_looked_at(&id);
        self.begin(id.clone(), "listings");
        self.begin(id, "subscription");
    }

    pub(super) fn disconnect(&mut self, connection: u8) {
        let id = self.connection(connection);
        if self.connected.len() == 1 || !self.connected.remove(&id) {
            return;
        }
        self.note(&format!("{id} is no longer connected"));
        finish(remove_connection(&self.market.stage.world(), &id)).unwrap();
        self.books.let_go(&id);
    }

    fn replay(&mut self, which: u32) {
        let Some(count) = u32::try_from(self.past.len()).ok().filter(|n| *n > 0) else { return };
        match self.past[(which % count) as usize].clone() {
            Past::Delivered(id, delivery) => {
                self.note(&format!("a delivery of {id} comes again"));
                let delivery = ports::Delivery { received_at: self.now(), ..delivery };
                self.deliver(id, None, delivery);
            }
            Past::Sent(queue, body) => {
                self.note(&format!("a message comes again: {body}"));
                self.queues.put(queue, body, self.now());
            }
        }
    }

    fn trouble(&mut self, operation: &Operation) {
        let until = |seconds: u32| self.now() + SignedDuration::from_secs(i64::from(seconds));
        let (connection, trouble) = match *operation {
            Operation::RevokeTokens { connection } => (connection, Trouble::TokensRevoked),
            Operation::SubscriptionOff { connection } => (connection, Trouble::SubscriptionOff),
            Operation::WebhooksLost { connection, times } => (connection, Trouble::WebhooksLost { times: times.into() }),
            Operation::WebhooksDoubled { connection, times } => (connection, Trouble::WebhooksDoubled { times: times.into() }),
            Operation::WebhooksLate { connection, seconds } => {
                (connection, Trouble::WebhooksLate { by: SignedDuration::from_secs(seconds.into()) })
            }
            Operation::WebhooksReversed { connection } => (connection, Trouble::WebhooksReversed),
            Operation::Silent { connection, seconds } => (connection, Trouble::Silent { until: until(seconds) }),
            Operation::TooMany { connection, seconds } => (connection, Trouble::TooMany { until: until(seconds) }),
            Operation::FailAfterApply { connection, times } => (connection, Trouble::FailAfterApply { times: times.into() }),
            _ => return,
        };
        if let Trouble::Silent { until } | Trouble::TooMany { until } = trouble {
            self.heard_again = until.max(self.heard_again);
        }
        let id = self.connection(connection);
        self.market.on(&id, |side, _| side.trouble(trouble));
        self.note(&format!("{id}: {trouble:?}"));
    }
}
