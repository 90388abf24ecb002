//! Orders as their channels have them: looked at while something is told, and at rest held against what we know.

use super::books::{OrderKey, Sale, Sold};
use super::{ON_SALE, Simulation, broken};
use crate::invariants;
use crate::shop::sku;
use connectors::simulated_channel::FarOrder;
use domain::{ChannelSync, LineUnits, Order, Quantity, ReturnResolution};
use engine::OrderCommand;
use std::collections::{BTreeMap, BTreeSet};

impl Simulation<'_> {
    /// Looks at an order there. `there`: somebody else than us has just done something about it.
    pub(super) fn see_there(&mut self, order: &OrderKey, there: bool) {
        let now = self.now();
        let Some(far) = self.far_order(order) else { return };
        self.watch.checks += 1;
        let mut seen = BTreeSet::new();
        if self.books.is_ours(order)
            && let Some(twice) = far.parcels.iter().filter_map(|parcel| parcel.tracking.as_ref()).find(|code| !seen.insert(*code))
        {
            broken!("I14", "{} was told twice of parcel {twice} of order {}", order.0, order.1);
        }
        self.books.seen(order, &far, there, now);
    }

    pub(super) fn far_order(&self, order: &OrderKey) -> Option<FarOrder> {
        self.market.on(&order.0, |side, _| side.far_order(&order.1))
    }

    /// Looks at the orders of which channels are being told.
    pub(super) fn see_tellings(&mut self) {
        for order in self.telling.clone() {
            self.see_there(&order, false);
        }
    }

    /// Whether an order's channel is still to be told something of it.
    pub(super) fn is_telling(&mut self, key: &OrderKey, order: &Order) {
        if tellings(order).any(|(_, told)| told.is_open()) {
            self.telling.insert(key.clone());
        } else {
            self.telling.remove(key);
        }
    }

    /// I1: what a person was told is done is in the order, once.
    pub(super) fn check_handled(&self, key: &OrderKey, mark: &str) {
        let orders = invariants::orders(&self.market.stage.table);
        let Some(order) = orders.get(key) else { return };
        let returns = order.returns.iter().map(|one| one.id.as_str());
        let times = tellings(order).map(|(id, _)| id).chain(returns).filter(|id| *id == mark).count();
        if times != 1 && !mark.is_empty() {
            broken!("I1", "`{mark}` of order {} was answered as done, and is there {times} times", key.1);
        }
    }

    /// I14: everything was told or refused; told once, and what the channel has is what we told, or what was done there. I11: we know the
    /// order as the channel has it.
    pub(super) fn check_there(&self, key: &OrderKey, sale: &Sale, order: &Order) {
        if sale.deleted {
            return check_deleted(key, order);
        }
        let Some(far) = self.far_order(key) else { broken!("I11", "order {} of {} is gone", key.1, key.0) };
        let name = format!("order {} of {}", key.1, key.0);
        if let Some((id, told)) = tellings(order).find(|(_, told)| told.is_open()) {
            broken!("I14", "{}: `{id}` of {name} is never told: {told:?}", key.0);
        }
        let lines = || order.snapshot.lines.iter();
        let known = [
            lines().map(|line| line.ordered.units()).sum::<i64>(),
            lines().map(|line| line.cancelled.units()).sum(),
            lines().map(|line| line.shipped.units()).sum(),
        ];
        let sums = |far: &FarOrder| {
            let lines = || far.lines.values();
            [
                lines().map(|line| line.ordered.units()).sum::<i64>(),
                lines().map(|line| line.cancelled.units()).sum(),
                lines().map(|line| line.shipped.units()).sum(),
            ]
        };
        if !order.snapshot.unreadable_lines.is_empty() {
            if order.in_doubt().next().is_some() {
                broken!(
                    "I11",
                    "a line of {name} was mended, or decided about, and still cannot be read: {:?}",
                    order.snapshot.unreadable_lines
                );
            }
            // Decided about as it is, and nobody can count it.
            return;
        }
        if self.ways.spoilt.contains(key) && !sale.stands() {
            // Cancelled whole, there is nothing to count: the line is left out, and nobody is asked about it.
            return;
        }
        self.check_products(&name, key, order);
        if known != sums(&far) {
            broken!("I11", "{name} is known with {known:?} ordered, cancelled, sent, and there it has {:?}", sums(&far));
        }
        check_parcels(&name, order, &far);
        self.check_written_off(&name, order);
        for sold in &sale.lines {
            self.check_kept_off(key, sold, order);
        }
        let cancelled =
            (order.cancellations.iter()).map(|one| (one.lines.iter().map(|line| line.units.units()).sum(), &one.channel_sync));
        check_sum(&name, "cancelled", cancelled, sale.cancelled_there, known[1]);
        let paid_back = order.returns.iter().flat_map(|one| &one.inspections);
        let paid_back = paid_back
            .filter(|one| one.resolution != ReturnResolution::Rejected)
            .map(|one| (one.units.units(), &one.channel_sync));
        let returned = far.lines.values().map(|line| line.returned.units()).sum();
        check_sum(&name, "returned", paid_back, sale.returned_there, returned);
    }

    /// I4: what the channel cancelled because it is not there, is not there: it came free, and was written off if it had been held.
    fn check_written_off(&self, name: &str, order: &Order) {
        let is_not_there = |mark: &str| {
            self.asked.iter().any(|(_, command)| match command {
                OrderCommand::Cancel { id: Some(id), reason, write_off, .. } if id == mark => {
                    write_off.unwrap_or(reason.is_not_there())
                }
                _ => false,
            })
        };
        let told = order
            .cancellations
            .iter()
            .filter(|one| matches!(one.channel_sync, ChannelSync::Synced { .. }) && is_not_there(&one.id));
        let told: Vec<&LineUnits> = told.flat_map(|one| &one.lines).collect();
        for line in &order.lines {
            let units: Quantity = told.iter().filter(|one| one.line == line.id).map(|one| one.units).sum();
            if line.gone < units {
                broken!("I4", "{units} of line {} of {name} were cancelled as not there, and {} are gone", line.id, line.gone);
            }
        }
    }

    /// I4: each unit of a line is somewhere once. What the channel cancelled and did not put on sale again was written off, or had left, and
    /// is on sale nowhere, unless the merchant says that it is there; and what was sent, or is held, is not written off as well. What was
    /// never held because nothing was there cannot be written off: then it is noted as gone.
    fn check_kept_off(&self, key: &OrderKey, sold: &Sold, order: &Order) {
        let product = sku(ON_SALE[sold.product]);
        let Some(line) = order.lines.iter().find(|line| line.sku.as_ref() == Some(&product)) else { return };
        let Some(told) = order.snapshot.own_line(&line.id) else { return };
        let ours =
            order.cancelling(&line.id).plus(order.put_back.iter().filter(|one| one.line == line.id).map(|one| one.units).sum());
        // Of what was cancelled here and there at once, the merchant's word counts.
        let kept_off = sold.kept_off.min(told.cancelled.less(ours).units());
        let wanted = told.ordered.less(told.cancelled).units();
        for part in &line.parts {
            let units = part.units.units();
            let held = part.committed().plus(part.short).units();
            let lost = part.lost().units();
            if held + lost > sold.units * units {
                broken!(
                    "I4",
                    "{held} of {} are held or sent for {} of {}, {lost} are written off, and there are {}",
                    part.sku,
                    key.1,
                    key.0,
                    sold.units * units
                );
            }
            let away = if self.watch.was_scarce(key, &part.sku) { line.gone.units() * units } else { lost };
            if held + away < (wanted + kept_off) * units {
                broken!(
                    "I4",
                    "{kept_off} units of order {} of {} were cancelled and not put on sale again, {wanted} are wanted; of {} {held} are held or sent, and {away} are gone",
                    key.1,
                    key.0,
                    part.sku
                );
            }
        }
    }
}

/// I11: nothing is set aside for an order that is there no more.
fn check_deleted(key: &OrderKey, order: &Order) {
    if order.lines.iter().any(|line| line.committed() > line.taken() || !line.short().is_zero()) {
        broken!("I11", "order {} of {} was deleted, and units are set aside for it", key.1, key.0);
    }
}

/// How tellings ended, by what they are of.
pub(super) fn count(orders: impl Iterator<Item = Order>, counts: &mut BTreeMap<&'static str, u64>) {
    let (mut back, mut lost) = (0, 0);
    let mut add = |told: &ChannelSync, names: [&'static str; 2]| match told {
        ChannelSync::Synced { .. } => *counts.entry(names[0]).or_default() += 1,
        ChannelSync::Rejected { .. } => *counts.entry(names[1]).or_default() += 1,
        _ => {}
    };
    for order in orders {
        order.shipments.iter().for_each(|one| add(&one.channel_sync, ["parcels told", "parcels refused"]));
        order.cancellations.iter().for_each(|one| add(&one.channel_sync, ["cancellations told", "cancellations refused"]));
        let inspected = order.returns.iter().flat_map(|one| &one.inspections);
        inspected.for_each(|one| add(&one.channel_sync, ["decisions told", "decisions refused"]));
        let parts = || order.lines.iter().flat_map(|line| &line.parts);
        back += parts().map(|part| part.back().units().unsigned_abs()).sum::<u64>();
        lost += parts().map(|part| part.lost().units().unsigned_abs()).sum::<u64>();
    }
    *counts.entry("units written off").or_default() += lost;
    *counts.entry("units restocked").or_default() += back;
}

/// What the channel is to be told of an order, by our marks.
fn tellings(order: &Order) -> impl Iterator<Item = (&str, &ChannelSync)> {
    let parcels = order.shipments.iter().map(|one| (one.id.as_str(), &one.channel_sync));
    let cancellations = order.cancellations.iter().map(|one| (one.id.as_str(), &one.channel_sync));
    let inspections = order.returns.iter().flat_map(|one| &one.inspections).map(|one| (one.id.as_str(), &one.channel_sync));
    parcels.chain(cancellations).chain(inspections)
}

/// A shipment that the channel has, it has once; one that it does not want, it has not, unless nobody can tell.
fn check_parcels(name: &str, order: &Order, far: &FarOrder) {
    for parcel in &order.shipments {
        let there: Vec<_> = far.parcels.iter().filter(|one| one.tracking == parcel.tracking).collect();
        let right = match &parcel.channel_sync {
            ChannelSync::Synced { .. } => there.len() == 1,
            ChannelSync::Rejected { outcome_unknown, .. } => there.is_empty() || *outcome_unknown,
            _ => true,
        };
        if !right {
            broken!(
                "I14",
                "parcel {} of {name} is there {} times, and known as {:?}",
                parcel.id,
                there.len(),
                parcel.channel_sync
            );
        }
        let units: i64 = parcel.lines.iter().map(|line| line.units.units()).sum();
        for one in there.iter().filter(|one| !one.lines.is_empty()) {
            let told: i64 = one.lines.values().map(|units| units.units()).sum();
            if told != units {
                broken!("I14", "parcel {} of {name} holds {units} units, and {told} there", parcel.id);
            }
        }
    }
}

/// There are at least as many units as were told, and at most as many as we wanted to tell or somebody did there.
fn check_sum<'a>(name: &str, what: &str, ours: impl Iterator<Item = (i64, &'a ChannelSync)>, there: i64, has: i64) {
    let (mut told, mut all) = (0, there);
    for (units, telling) in ours {
        all += units;
        told += if matches!(telling, ChannelSync::Synced { .. }) { units } else { 0 };
    }
    if has < told || has > all {
        broken!("I14", "{has} units of {name} are {what} there; {told} were told, and there can be {all}");
    }
}
