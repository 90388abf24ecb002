//! What plugins do to orders there: dates that are wrong, lines that nobody can read, lines that become another product; and what a person
//! decides about those that nobody can read.

use super::books::OrderKey;
use super::functions::Answer;
use super::handle::{key, pick};
use super::{ON_SALE, Operation, PRODUCTS, SET, SET_OF, Simulation, broken};
use crate::invariants;
use crate::shop::{location, sku};
use connectors::simulated_channel::{Dating, FarPlugins, Spoilt};
use domain::{ConnectionId, Order};
use engine::{Correction, OrderCommand, StockChange, correct_stock, handle_order};
use jiff::{SignedDuration, Timestamp};

/// By then what was saved is read.
const UNTIL_READ: SignedDuration = SignedDuration::from_secs(150);

const WAYS: [Spoilt; 3] = [Spoilt::Units, Spoilt::Product, Spoilt::Name];

impl Simulation<'_> {
    /// Does it, if it is one of these.
    pub(super) fn plug_in(&mut self, operation: &Operation) {
        match *operation {
            Operation::DateWrong { which, by } => self.date_wrong(which, by),
            Operation::SpoilLine { which, line, how } => {
                let Some((order, code)) = self.books.any_line(which, line, |id| self.has_plugins(id)) else { return };
                // Of one that promises nothing a line counts as none, sent or not: in seed 850 as it was drawn then it had left before.
                if self.books.sale(&order).is_none_or(|sale| !sale.stands()) {
                    return;
                }
                let how = WAYS[usize::from(how) % WAYS.len()];
                let done = self.by_plugin(&order, |plugins, now| plugins.spoil(now, &order.1, &code, how));
                self.note(&format!("{code} of order {} of {} is spoilt ({how:?}): {done}", order.1, order.0));
                if done {
                    self.ways.spoilt.insert(order.clone());
                }
                self.see_there(&order, true);
            }
            Operation::MendLines { which } => {
                let spoilt: Vec<OrderKey> =
                    self.books.sales().filter(|(_, sale)| sale.obscured).map(|(order, _)| order.clone()).collect();
                if let Some(order) = pick(&spoilt, which) {
                    self.mend(order);
                }
            }
            Operation::DecideLines { which } => self.decide_lines(which),
            Operation::Swap { which, line } => self.swap(which, line),
            _ => {}
        }
    }

    fn has_plugins(&self, id: &ConnectionId) -> bool {
        self.market.on(id, |side, _| side.plugins().is_some())
    }

    fn by_plugin(&self, order: &OrderKey, work: impl FnOnce(&mut dyn FarPlugins, Timestamp) -> bool) -> bool {
        self.market.on(&order.0, |side, now| side.plugins().is_some_and(|plugins| work(plugins, now)))
    }

    /// Of an order that is known and open: of one that nobody has heard of no list would ever tell. It is saved and cancelled; where it is dated
    /// ahead, that is read first, and then dates are right again.
    fn date_wrong(&mut self, which: u32, by: Option<i64>) {
        let is_open = |order: &Order| order.lines.iter().any(|line| line.committed() > line.taken() || !line.short().is_zero());
        let order = self.order(which, |order| {
            order.is_complete()
                && is_open(order)
                && order.snapshot.unreadable_lines.is_empty()
                && self.has_plugins(&order.connection)
        });
        let Some(order) = order.map(|order| key(&order)) else { return };
        let dating = by.map_or(Dating::Still, |seconds| Dating::Off(SignedDuration::from_secs(seconds)));
        self.by_plugin(&order, |plugins, now| plugins.date(now, &order.1, Some(dating)));
        self.note(&format!("order {} of {} is dated {dating:?} from now on", order.1, order.0));
        self.see_there(&order, true);
        if by.is_some_and(|seconds| seconds > 0) {
            self.observe(None);
            let until = self.now() + UNTIL_READ;
            self.run_until(until);
            self.by_plugin(&order, |plugins, now| plugins.date(now, &order.1, None));
            self.see_there(&order, true);
        }
        let done = self.market.on(&order.0, |side, now| side.cancel(now, &order.1));
        self.note(&format!("cancel {} at {}: {done}", order.1, order.0));
        self.see_there(&order, true);
    }

    fn mend(&mut self, order: &OrderKey) {
        if self.by_plugin(order, |plugins, now| plugins.mend(now, &order.1)) {
            self.note(&format!("the lines of order {} of {} are mended", order.1, order.0));
            self.ways.spoilt.remove(order);
            self.see_there(order, true);
        }
    }

    /// The staff mend all lines that nobody has decided about.
    pub(super) fn mend_all(&mut self) {
        let orders = invariants::orders(&self.market.stage.table);
        let is_decided = |order: &OrderKey| {
            orders
                .get(order)
                .is_some_and(|order| !order.snapshot.unreadable_lines.is_empty() && order.undecided().next().is_none())
        };
        let spoilt = self.books.sales().filter(|(order, sale)| sale.obscured && !is_decided(order));
        for order in spoilt.map(|(order, _)| order.clone()).collect::<Vec<_>>() {
            self.mend(&order);
        }
    }

    /// A person looks in the shop what such lines stand for, takes off the stock that nothing was set aside for, and then decides.
    fn decide_lines(&mut self, which: u32) {
        let Some(order) = self.order(which, |order| order.in_doubt().next().is_some()) else { return };
        let order_key = key(&order);
        let Some(sale) = self.books.sale(&order_key).cloned() else { return };
        let mut corrections = Vec::new();
        for sold in sale.lines {
            let is_held =
                order.lines.iter().any(|line| line.sku.as_ref().is_some_and(|known| known.as_str() == ON_SALE[sold.product]));
            let units = sold.units - sold.cancelled;
            if is_held || units == 0 {
                continue;
            }
            let each = |part: usize| if sold.product == SET { SET_OF[part] } else { i64::from(sold.product == part) };
            for (part, name) in PRODUCTS.iter().enumerate().filter(|(part, _)| each(*part) > 0) {
                self.corrections += 1;
                let (reason, change) = (format!("correction {}", self.corrections), StockChange::Add(-each(part) * units));
                corrections.push(Correction {
                    sku: sku(name),
                    location: location("main"),
                    change,
                    reason,
                    by: "merchant".into(),
                });
            }
        }
        let name = format!("order {} of {}: lines are decided, with {} corrections", order_key.1, order_key.0, corrections.len());
        self.start("page", name, move |world, memory| async move {
            for correction in &corrections {
                if correct_stock(&world, correction).await.is_err() {
                    return Answer::Corrected(false);
                }
            }
            let done = handle_order(&world, &memory, &order_key.0, &order_key.1, &OrderCommand::DecideLines {}, "merchant").await;
            Answer::Handled(order_key, String::new(), done.map(drop).map_err(|error| error.message))
        });
    }

    /// Not where a transaction takes few rows: what the line held as the one product comes free as it takes the other, in one transaction,
    /// and an order for which there is no room in it goes to a person. Nor, yet, where there are two locations: in seed 14 as it was drawn then
    /// a place of a channel was left with another figure than its location has, and why is not known.
    fn swap(&mut self, which: u32, line: u8) {
        if self.script.few_rows || self.script.far.is_some() {
            return;
        }
        let Some((order, code)) = self.books.any_line(which, line, |id| self.has_plugins(id)) else { return };
        let Some(from) = (0..PRODUCTS.len()).find(|product| self.code(&order.0, *product) == code) else { return };
        let to = (from + 1) % PRODUCTS.len();
        let new = self.code(&order.0, to);
        let done = self.by_plugin(&order, |plugins, now| plugins.swap(now, &order.1, &code, &new));
        self.note(&format!("{code} of order {} of {} becomes {new}: {done}", order.1, order.0));
        if done {
            if self.books.awaits(&order) {
                // First read with the new one, it tells of no swap: the counter that it seems to have lowered shows more than is known.
                self.books.is_theirs(&order.0, to);
            }
            let units = self.books.swapped(&order, &code, to, &new);
            if self.leads(&order.0) {
                // Its counter says that they are there: that is its staff's word.
                self.books.led(to, units);
            }
        }
        self.see_there(&order, true);
    }

    /// I11: what the channel says that a line is, it is here, unless units had left when that changed.
    pub(super) fn check_products(&self, name: &str, key: &OrderKey, order: &Order) {
        let touched = |line: &domain::LineState| {
            let part = |part: &domain::PartState| !part.taken().is_zero() || !part.back().is_zero() || !part.lost().is_zero();
            line.sku.is_none() || line.parts.iter().any(part) || !order.sent(&line.id).is_zero()
        };
        if order.lines.iter().any(touched) {
            return;
        }
        for sold in self.books.sale(key).into_iter().flat_map(|sale| &sale.lines) {
            let of_it =
                order.lines.iter().filter(|line| line.sku.as_ref().is_some_and(|sku| sku.as_str() == ON_SALE[sold.product]));
            let ordered =
                of_it.filter_map(|line| order.snapshot.own_line(&line.id)).map(|line| line.ordered.units()).sum::<i64>();
            if ordered != sold.units {
                broken!("I11", "{name} has {} of {}, and {ordered} are known", sold.units, ON_SALE[sold.product]);
            }
        }
    }
}
