//! What a merchant does about orders, and what is done about them in the channels' own screens.

use super::books::OrderKey;
use super::functions::Answer;
use super::script::ABROAD;
use super::{Operation, PRODUCTS, SET, Simulation};
use crate::invariants;
use crate::shop::{location, q, sku};
use connectors::simulated_channel::SimulatedChannel;
use domain::{
    CancelReason, LineUnits, LocationId, Order, OrderLineId, OrderNumber, Quantity, ReturnCondition, ReturnResolution, Sku,
};
use engine::{OrderCommand, Transfer, handle_order, transfer_stock};
use jiff::Timestamp;

const REASONS: [CancelReason; 8] = [
    CancelReason::OutOfStock,
    CancelReason::CustomerRequest,
    CancelReason::Damaged,
    CancelReason::WrongPrice,
    CancelReason::TooLate,
    CancelReason::OrderedTwice,
    CancelReason::NotFound,
    CancelReason::Other,
];

impl Simulation<'_> {
    /// Does it, if it is one of these.
    pub(super) fn handle(&mut self, operation: &Operation) {
        match *operation {
            Operation::BuyMany { connection, units, sets, abroad } => self.buy_many(connection, units, sets, abroad),
            Operation::AskToCancel { which } => {
                self.there(which, 0, "the customer asks to cancel", |side, now, order, _| side.ask_to_cancel(now, order));
            }
            Operation::CancelUnits { which, line, units } => {
                let units = q(units.into());
                self.there(which, line, "units are cancelled there", |side, now, order, code| {
                    side.cancel_units(now, order, code, units)
                });
            }
            Operation::ShipThere { which, line, units } => {
                let units = q(units.into());
                self.there(which, line, "units are sent there", |side, now, order, code| {
                    side.ship_there(now, order, code, units)
                });
            }
            Operation::AnnounceThere { which, line, units } => {
                let units = q(units.into());
                self.there(which, line, "a return is announced there", |side, now, order, code| {
                    side.announce_return(now, order, code, units)
                });
            }
            Operation::PayBackThere { which, line, restock } => self.pay_back_there(which, line, restock),
            Operation::TakeOut { which, line, units } => {
                let units = q(units.into());
                let at = self.books.any_line(which, line, |_| true);
                let done = self.there(which, line, "units are taken out there", |side, now, order, code| {
                    side.take_out(now, order, code, units)
                });
                if let Some((order, code)) = at.filter(|_| done) {
                    self.books.kept_off(&order, &code, units.units());
                }
            }
            Operation::CancelForGood { which } => self.cancel_for_good(which),
            Operation::DeleteOrder { which } => self.delete_order(which),
            Operation::Transfer { product, units, back } => self.transfer(product, units, back),
            Operation::AskAgain { which } => {
                let Some((order, command)) = pick(&self.asked, which).cloned() else { return };
                self.ask(order, command);
            }
            _ => {
                if let Some((order, command)) = self.command(operation) {
                    self.asked.push((order.clone(), command.clone()));
                    self.ask(order, command);
                }
            }
        }
    }

    fn buy_many(&mut self, connection: u8, units: [u8; 2], sets: u8, abroad: bool) {
        let id = self.connection(connection);
        let products = units.into_iter().enumerate();
        let sets = Some((SET, sets)).filter(|_| self.script.bundle);
        let wanted: Vec<(usize, i64)> =
            products.chain(sets).filter(|(_, units)| *units > 0).map(|(product, units)| (product, i64::from(units))).collect();
        self.sell(&id, &wanted, if abroad { ABROAD } else { "NL" });
    }

    /// Something happens to an order in the channel's own screen.
    fn there(
        &mut self,
        which: u32,
        line: u8,
        what: &str,
        work: impl FnOnce(&mut dyn SimulatedChannel, Timestamp, &OrderNumber, &Sku) -> bool,
    ) -> bool {
        let Some((order, code)) = self.books.any_line(which, line, |_| true) else { return false };
        let done = self.market.on(&order.0, |side, now| work(side, now, &order.1, &code));
        self.note(&format!("{what}: {code} of order {} of {}: {done}", order.1, order.0));
        self.see_there(&order, true);
        done
    }

    /// One unit. What it puts on sale there is an edit of the merchant's.
    fn pay_back_there(&mut self, which: u32, line: u8, restock: bool) {
        let Some((order, _)) = self.books.any_line(which, line, |_| true) else { return };
        let shown = |it: &Self| -> Vec<i64> { (0..it.on_sale().len()).map(|product| it.shown(&order.0, product)).collect() };
        let before = shown(self);
        let done = self.there(which, line, "a unit is paid back there", |side, now, order, code| {
            side.pay_back_there(now, order, code, q(1), restock)
        });
        for (product, (after, before)) in shown(self).into_iter().zip(before).enumerate() {
            self.books.edited(&order.0, product, after - before);
        }
        self.books.paid_back(&order, i64::from(done));
    }

    fn cancel_for_good(&mut self, which: u32) {
        let Some(order) = self.books.any_standing(which) else { return };
        let Some(before) = self.far_order(&order) else { return };
        let done = self.market.on(&order.0, |side, now| side.cancel_without_restock(now, &order.1));
        self.note(&format!("cancel {} at {} for good: {done}", order.1, order.0));
        self.see_there(&order, true);
        if done {
            for (code, line) in &before.lines {
                self.books.kept_off(&order, code, line.ordered.less(line.cancelled).less(line.shipped).units());
            }
        }
    }

    /// Where others are left by which the shop is known.
    fn delete_order(&mut self, which: u32) {
        let Some(order) = self.books.any_standing(which).filter(|order| self.books.has_others(order)) else { return };
        let Some(before) = self.far_order(&order) else { return };
        let done = self.market.on(&order.0, |side, now| side.delete_order(now, &order.1));
        self.note(&format!("delete {} at {}: {done}", order.1, order.0));
        if done {
            self.books.deleted(&order, &before);
        }
    }

    fn transfer(&mut self, product: u8, units: u8, back: bool) {
        if self.script.far.is_none() {
            return;
        }
        self.corrections += 1;
        let number = self.corrections;
        let (from, to) = if back { ("far", "main") } else { ("main", "far") };
        let transfer = Transfer {
            sku: sku(PRODUCTS[usize::from(product)]),
            from: location(from),
            to: location(to),
            units: q(units.into()),
            reason: format!("correction {number}"),
            by: "merchant".into(),
        };
        let name = format!("transfer {number}: {units} {} from {from} to {to}", transfer.sku);
        self.start("page", name, move |world, _| async move {
            Answer::Moved(number, transfer_stock(&world, &transfer).await.is_ok())
        });
    }

    /// A person at the page.
    fn ask(&mut self, order: OrderKey, command: OrderCommand) {
        let said = serde_json::to_string(&command).unwrap();
        let name = format!("order {} of {}: {said}", order.1, order.0);
        let mark = command.id().unwrap_or_default().to_owned();
        self.start("page", name, move |world, memory| async move {
            let done = handle_order(&world, &memory, &order.0, &order.1, &command, "merchant").await;
            Answer::Handled(order, mark, done.map(drop).map_err(|error| error.message))
        });
    }

    /// What the merchant asks for, where there is an order for it.
    fn command(&self, operation: &Operation) -> Option<(OrderKey, OrderCommand)> {
        let id = Some(format!("mark-{}", self.asked.len() + 1));
        Some(match *operation {
            Operation::Ship { which, line, units, from } => {
                let order = self.order(which, |order| order.lines.iter().any(|line| !order.to_send(&line.id).is_zero()))?;
                let lines = part_of(&order, line, units, Order::to_send);
                let location = self.place(&order, from);
                let tracking = Some(format!("3S{}", self.asked.len() + 1));
                let carrier = Some("postnl".parse().unwrap());
                (key(&order), OrderCommand::Ship { id, location, lines, carrier, tracking })
            }
            Operation::CancelHere { which, line, units, reason } => {
                let order = self.order(which, |order| order.lines.iter().any(|line| !order.to_cancel(&line.id).is_zero()))?;
                let lines = part_of(&order, line, units, Order::to_cancel);
                // As the reason says, or as the merchant does.
                let write_off = [None, Some(true), Some(false)][usize::from(reason) / REASONS.len() % 3];
                let reason = REASONS[usize::from(reason) % REASONS.len()];
                (key(&order), OrderCommand::Cancel { id, lines, reason, write_off })
            }
            Operation::AnnounceHere { which, line, units } => self.announcement(id, which, line, units)?,
            Operation::ReceiveReturn { which } => {
                let order = self.order(which, |order| order.returns.iter().any(|one| one.received_at.is_none()))?;
                let waiting = order.returns.iter().find(|one| one.received_at.is_none())?;
                (key(&order), OrderCommand::ReceiveReturn { r#return: waiting.id.clone() })
            }
            Operation::Inspect { which, units, finding, verdict, at } => {
                // Nothing to look at: then what was sent comes back, and is there for the next look.
                let inspected = self.inspection(id.clone(), which, units, finding, verdict, at);
                inspected.or_else(|| self.announcement(id, which, finding, units))?
            }
            Operation::Cover { which } => (key(&self.order(which, |order| !order.short().is_zero())?), OrderCommand::Cover {}),
            _ => return None,
        })
    }

    /// Units that were sent and are not on their way back yet.
    fn announcement(&self, id: Option<String>, which: u32, line: u8, units: u8) -> Option<(OrderKey, OrderCommand)> {
        let left = |order: &Order, id: &OrderLineId| {
            let back = order.returns.iter().flat_map(|one| &one.lines).filter(|one| one.line == *id).map(|one| one.units);
            order.line(id).map(domain::LineState::sent).unwrap_or_default().less(back.sum())
        };
        let order = self.order(which, |order| order.lines.iter().any(|line| !left(order, &line.id).is_zero()))?;
        let lines = part_of(&order, Some(line), units, left);
        Some((key(&order), OrderCommand::AnnounceReturn { id, lines, reason: "unwanted".into() }))
    }

    fn inspection(
        &self,
        id: Option<String>,
        which: u32,
        units: u8,
        finding: u8,
        verdict: u8,
        at: u8,
    ) -> Option<(OrderKey, OrderCommand)> {
        let waiting = |one: &domain::Return, line: &LineUnits| line.units.less(one.decided(&line.line));
        let open = |one: &domain::Return| one.lines.iter().find(|line| !waiting(one, line).is_zero()).cloned();
        let order = self.order(which, |order| order.returns.iter().any(|one| open(one).is_some()))?;
        let (returned, line, waiting) = order
            .returns
            .iter()
            .find_map(|one| open(one).map(|line| (one.id.clone(), line.line.clone(), waiting(one, &line))))?;
        let finding = match finding {
            0..3 => ReturnCondition::Sellable,
            3 => ReturnCondition::Damaged,
            4 => ReturnCondition::Missing,
            _ => ReturnCondition::WrongProduct,
        };
        let verdict = match verdict {
            0..3 => ReturnResolution::Accepted,
            3 => ReturnResolution::BuyerKeeps,
            _ => ReturnResolution::Rejected,
        };
        let sellable = finding == ReturnCondition::Sellable && verdict != ReturnResolution::BuyerKeeps;
        let restock_at = sellable.then(|| self.place(&order, at));
        let units = q(units.into()).min(waiting);
        Some((
            key(&order),
            OrderCommand::InspectReturn {
                id,
                r#return: returned,
                line,
                units,
                condition: finding,
                restock_at,
                resolution: verdict,
            },
        ))
    }

    /// An order in the table that is ours to know and of which this is so.
    pub(super) fn order(&self, which: u32, suits: impl Fn(&Order) -> bool) -> Option<Order> {
        let orders = invariants::orders(&self.market.stage.table);
        let suitable: Vec<Order> =
            orders.into_iter().filter(|(key, order)| self.books.is_ours(key) && suits(order)).map(|(_, order)| order).collect();
        pick(&suitable, which).cloned()
    }

    /// A location; 0: where units of the order lie.
    fn place(&self, order: &Order, which: u8) -> LocationId {
        let far = || location(if self.script.far.is_some() { "far" } else { "main" });
        let claimed =
            || order.lines.iter().flat_map(domain::LineState::claims).find(|(_, claim)| claim.allocated > claim.shipped);
        match which {
            0 => claimed().map_or_else(far, |(_, claim)| claim.location.clone()),
            1 => location("main"),
            _ => far(),
        }
    }
}

pub(super) fn key(order: &Order) -> OrderKey {
    (order.connection.clone(), order.snapshot.number.clone())
}

/// Units of one line, as far as there are any; or all of the order.
fn part_of(order: &Order, line: Option<u8>, units: u8, open: impl Fn(&Order, &OrderLineId) -> Quantity) -> Vec<LineUnits> {
    let Some(line) = line else { return Vec::new() };
    let suitable: Vec<_> = order.lines.iter().filter(|line| !open(order, &line.id).is_zero()).collect();
    let line = pick(&suitable, line.into());
    line.map(|line| LineUnits { line: line.id.clone(), units: q(units.into()).min(open(order, &line.id)) }).into_iter().collect()
}

pub(super) fn pick<T>(all: &[T], which: u32) -> Option<&T> {
    let count = u32::try_from(all.len()).ok().filter(|n| *n > 0)?;
    all.get((which % count) as usize)
}
