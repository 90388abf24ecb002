//! Quota: disjoint shares of a scarce product, so that no channel can sell what another sold.
//!
//! What a channel may still cost us is its *exposure*: the units its counter lets customers buy, and those it sold that are not taken in
//! yet. As long as the exposures of all channels together are no more than what is available, every order finds its units. We cannot see
//! the exposure, but keep an upper bound of it (`Share`): it rises before we raise a counter, falls with every order that is taken in,
//! rises with units that cancelled orders gave back (the channel put them on sale again by itself), and is read anew from a figure that
//! the channel showed once all its orders up to that moment are taken in.

use crate::{LocationId, Quantity, lasting, noted};
use jiff::{SignedDuration, Timestamp};

/// Units that one connection's orders moved, since ever. Both only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Flow {
    /// Taken from available.
    pub out: u64,
    /// Given back to available.
    pub back: u64,
}

impl Flow {
    /// Both over several locations.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { out: self.out + other.out, back: self.back + other.back }
    }
}

/// A figure that the channel showed, until its orders up to then are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Showing {
    /// The figure.
    pub quantity: Quantity,
    /// It was shown at this instant or before it, UTC.
    pub at: Timestamp,
    /// `Flow::back` as read *before* the figure was: what is given back later may not be in it.
    pub back: u64,
}

/// A write whose end was not heard of may still be carried out for so long: longer than any server sits on a request.
pub(crate) const FLIGHT: SignedDuration = SignedDuration::from_secs(60);

/// What is known of the exposure of one listing.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Share {
    /// The exposure was no more than this when `since` was read. `None`: nothing is known, it may be anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    most: Option<Quantity>,
    /// What the connection's orders had moved then.
    #[serde(default)]
    since: Flow,
    /// What it showed, while its orders are not taken in up to then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shown: Option<Showing>,
    /// A write began and its end was not heard of yet: until then it may be carried out. The bound holds, and may be too high.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    under_way: Option<Timestamp>,
    /// As `under_way`, of an earlier write that nobody will hear of any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lost: Option<Timestamp>,
    /// Seconds for which one of these may still be carried out, where that is longer than usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flight_s: Option<i64>,
}

impl Share {
    /// Of a listing whose last write, before its product came into quota mode, nobody heard of: at `now` it may still be carried out.
    pub fn after_lost_write(now: Timestamp) -> Self {
        Self { lost: Some(now.saturating_add(FLIGHT).unwrap_or(Timestamp::MAX)), ..Self::default() }
    }

    /// As it is stored, at `now`. What a clock that was ahead dated beyond now teaches nothing, and is to be looked at anew; a write that it
    /// dated so may still be carried out for as long as any.
    #[must_use]
    pub fn believed_at(self, now: Timestamp) -> Self {
        let flight = self.flight_s.map_or(FLIGHT, SignedDuration::from_secs);
        let lasts = |until: Timestamp| lasting(until, now, flight).or(now.saturating_add(flight).ok());
        Self {
            shown: self.shown.filter(|shown| noted(shown.at, now).is_some()),
            under_way: self.under_way.and_then(lasts),
            lost: self.lost.and_then(lasts),
            ..self
        }
    }

    /// The upper bound of the exposure now. Sales are taken off only where the listing is the connection's `sole` one for the product:
    /// the flow does not tell by which of several an order came.
    pub fn exposure(&self, now: Flow, sole: bool) -> Option<Quantity> {
        let back = now.back.saturating_sub(self.since.back);
        let out = if sole { now.out.saturating_sub(self.since.out) } else { 0 };
        self.most.map(|most| clamped(most, i128::from(back) - i128::from(out)))
    }

    /// Whether something is to be learnt from the channel: the bound is missing, or may be too high, because the end of a write was not
    /// heard of, units were given back that may not be on sale again, or one of several listings sold.
    pub fn is_open(&self, now: Flow, sole: bool) -> bool {
        self.most.is_none()
            || self.uncertain_until().is_some()
            || self.since.back != now.back
            || (!sole && self.since.out != now.out)
    }

    /// Until when a write may still be carried out whose end was not heard of. Nothing that is asked before teaches anything.
    pub fn uncertain_until(&self) -> Option<Timestamp> {
        self.under_way.max(self.lost)
    }

    /// The figure that waits for orders to be taken in.
    pub fn waits_for(&self) -> Option<Showing> {
        self.shown
    }

    /// Asked at `asked_at`, it showed this. What was shown before and still waits stays, for it can be settled sooner.
    pub fn looked_at(&mut self, asked_at: Timestamp, showing: Showing) {
        if self.uncertain_until().is_none_or(|until| until <= asked_at) {
            self.shown = self.shown.or(Some(showing));
        }
    }

    /// Shows more than the bound allows: somebody else raised it, and the bound is worth nothing.
    pub fn broken(&mut self) {
        (self.most, self.shown) = (None, None);
    }

    /// All orders up to `settled_through` are taken in, and `now` was read after that was known: what was shown by then is the bound.
    pub fn settle(&mut self, settled_through: Timestamp, now: Flow, sole: bool) {
        let Some(shown) = self.shown.filter(|shown| shown.at <= settled_through) else { return };
        let settled = clamped(shown.quantity, i128::from(now.back.saturating_sub(shown.back)));
        // Both are bounds.
        let most = self.exposure(now, sole).map_or(settled, |known| known.min(settled));
        *self = Self { most: Some(most), since: now, ..Self::default() };
    }

    /// Asked at `asked_at`, it shows what the bound says: whatever was given back is on sale.
    pub fn confirmed(&mut self, asked_at: Timestamp, now: Flow, sole: bool) {
        if self.uncertain_until().is_none_or(|until| until <= asked_at) {
            *self = Self { most: self.exposure(now, sole), since: now, ..Self::default() };
        }
    }

    /// A write begins at `now` that may add as many units to the exposure. What was shown before it is no bound after it.
    pub fn begin(&mut self, now: Timestamp, added: Quantity) {
        self.begin_for(now, added, FLIGHT);
    }

    /// As `begin`, of a write that may still be carried out for so long if its end is not heard of: a channel that works on writes later.
    pub fn begin_for(&mut self, now: Timestamp, added: Quantity, flight: SignedDuration) {
        let flight = flight.max(FLIGHT).max(self.flight_s.map_or(FLIGHT, SignedDuration::from_secs));
        self.flight_s = (flight > FLIGHT).then_some(flight.as_secs());
        self.most = self.most.map(|most| most.plus(added));
        self.shown = None;
        self.lost = self.uncertain_until().filter(|until| *until > now);
        self.under_way = Some(now.saturating_add(flight).unwrap_or(Timestamp::MAX));
    }

    /// Every write that was begun is over, and known to be: none may still be carried out. What they added to the bound stays.
    pub fn all_over(&mut self) {
        (self.under_way, self.lost, self.flight_s) = (None, None, None);
    }

    /// It was acknowledged, and took as many units off the exposure for sure. `showing`, where the bound is not exact by that: it counts
    /// only if no earlier write could still be carried out, before or after this one.
    pub fn acknowledged(&mut self, removed: Quantity, showing: Option<Showing>) {
        self.most = self.most.map(|most| most.less(removed));
        self.under_way = None;
        self.shown = showing.filter(|_| self.lost.is_none());
    }
}

fn clamped(quantity: Quantity, change: i128) -> Quantity {
    Quantity::clamped(i64::try_from(i128::from(quantity.units()) + change).unwrap_or(i64::MAX))
}

/// One listing of the product, among which its stock is shared out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlet {
    /// The locations that serve it.
    pub locations: Vec<LocationId>,
    /// Available over these, less what is short and held back; below zero where more is promised than there is.
    pub free: i64,
    /// The most it is shown by its rule.
    pub cap: Quantity,
    /// Its part, against the others'. 0: none.
    pub weight: u32,
    /// The upper bound of its exposure, if one is known.
    pub exposure: Option<Quantity>,
    /// Whether something is to be learnt about it (`Share::is_open`), or a figure waits to be settled.
    pub open: bool,
    /// How its counter can be set.
    pub setting: Setting,
}

impl Outlet {
    /// Whether an order of the one can take units that the other counts on.
    fn meets(&self, other: &Self) -> bool {
        self.locations.iter().any(|location| other.locations.contains(location))
    }
}

/// Units by which the exposure of one outlet may grow. Below zero: by so many all of them together are too high. An outlet of which
/// nothing is known may hold everything, so nothing may grow beside it.
///
/// An order takes its units wherever its connection is served, so each outlet needs that *all* whose locations meet its own are covered
/// by what lies there. That is more than is needed where locations meet in part only, and right whatever way orders take.
pub fn headroom(outlets: &[Outlet], of: usize) -> i64 {
    let Some(me) = outlets.get(of) else { return 0 };
    outlets.iter().filter(|one| one.meets(me)).map(|one| slack(outlets, one)).min().unwrap_or(0)
}

fn slack(outlets: &[Outlet], one: &Outlet) -> i64 {
    let meeting = || outlets.iter().filter(|other| other.meets(one));
    let known: i64 = meeting().filter_map(|other| other.exposure).map(Quantity::units).sum();
    let left = one.free - known;
    if meeting().all(|other| other.exposure.is_some()) { left } else { left.min(0) }
}

/// Shares the stock out by weight. What does not divide stays where units are already, so that no unit moves without need.
pub fn share_out(outlets: &[Outlet]) -> Vec<Quantity> {
    let mut shares = vec![0_i64; outlets.len()];
    let mut open: Vec<usize> = (0..outlets.len()).filter(|n| outlets[*n].weight > 0).collect();
    while !open.is_empty() {
        let step = open.iter().map(|n| whole_steps(outlets, &shares, &open, *n)).min().unwrap_or(0);
        for n in &open {
            shares[*n] += step * i64::from(outlets[*n].weight);
        }
        if step == 0 {
            hand_out_one(outlets, &mut shares, &mut open);
        }
    }
    shares.into_iter().map(Quantity::clamped).collect()
}

/// As `share_out`, among outlets that each show nothing rather than fewer units than a least figure, by position. Who would come to fewer
/// takes none, one after the other, and the units are the others'.
pub fn share_out_from(outlets: &mut [Outlet], least: &[Quantity]) -> Vec<Quantity> {
    loop {
        let shares = share_out(outlets);
        let below =
            (0..outlets.len()).filter(|n| least.get(*n).is_some_and(|least| !shares[*n].is_zero() && shares[*n] < *least));
        let held = |n: usize| outlets[n].exposure.unwrap_or_default();
        match below.min_by_key(|n| (shares[*n], held(*n), std::cmp::Reverse(*n))) {
            Some(none) => outlets[none].cap = Quantity::ZERO,
            None => return shares,
        }
    }
}

/// How often all open outlets can be given their weight in units, as far as this one is concerned.
fn whole_steps(outlets: &[Outlet], shares: &[i64], open: &[usize], n: usize) -> i64 {
    let weight = |n: usize| i64::from(outlets[n].weight);
    let by_cap = (outlets[n].cap.units() - shares[n]) / weight(n);
    let by_stock = outlets.iter().filter(|one| one.meets(&outlets[n])).map(|one| {
        let wanted: i64 = open.iter().filter(|m| outlets[**m].meets(one)).map(|m| weight(*m)).sum();
        left(outlets, shares, one) / wanted.max(1)
    });
    by_stock.min().unwrap_or(0).min(by_cap).max(0)
}

fn left(outlets: &[Outlet], shares: &[i64], one: &Outlet) -> i64 {
    one.free - outlets.iter().zip(shares).filter(|(other, _)| other.meets(one)).map(|(_, share)| share).sum::<i64>()
}

/// One unit for the one that has least for its weight, and of those the one that holds most already; whoever cannot take one is done.
fn hand_out_one(outlets: &[Outlet], shares: &mut [i64], open: &mut Vec<usize>) {
    open.retain(|n| {
        let me = &outlets[*n];
        shares[*n] < me.cap.units() && outlets.iter().filter(|one| one.meets(me)).all(|one| left(outlets, shares, one) > 0)
    });
    let weight = |n: usize| i64::from(outlets[n].weight);
    let next = open.iter().copied().min_by(|a, b| {
        let holds = |n: usize| outlets[n].exposure.map_or(0, Quantity::units) - shares[n];
        let by_weight = ((shares[*a] + 1) * weight(*b)).cmp(&((shares[*b] + 1) * weight(*a)));
        by_weight.then(holds(*b).cmp(&holds(*a))).then(a.cmp(b))
    });
    if let Some(next) = next {
        shares[next] += 1;
    }
}

/// How a channel's counter can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// If it still shows what it showed when it was looked at.
    Compared,
    /// Whatever it shows.
    Absolute,
}

/// What is to be done about one outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Nothing.
    Rest,
    /// To learn what its exposure is.
    Learn,
    /// To give it units.
    Grow,
    /// To take units from it.
    Shrink {
        /// More is promised than there is: at once.
        urgent: bool,
    },
}

/// What is to be done about the outlet `of`, given the shares of all. Units move only where somebody has none and should, or where more
/// is promised than there is: every move costs calls, and for most channels a while at 0.
pub fn want(outlets: &[Outlet], shares: &[Quantity], of: usize) -> Want {
    let (Some(me), Some(share)) = (outlets.get(of), shares.get(of).copied()) else { return Want::Rest };
    let Some(exposure) = me.exposure else { return Want::Learn };
    let room = headroom(outlets, of);
    if exposure > share && room < 0 {
        return Want::Shrink { urgent: true };
    }
    if me.open {
        return Want::Learn;
    }
    if exposure < share && room > 0 && worth(me, exposure, share) {
        return Want::Grow;
    }
    let hungry = |other: usize| {
        outlets[other].exposure.is_some_and(Quantity::is_zero)
            && !shares[other].is_zero()
            && outlets[other].meets(me)
            && headroom(outlets, other) <= 0
    };
    // Beyond its own rule it shows too much even if nobody else wants the units.
    let too_much = exposure > me.cap || (0..outlets.len()).any(hungry);
    if exposure > share && too_much { Want::Shrink { urgent: false } } else { Want::Rest }
}

/// An absolute raise mostly means a while at 0: only for twice as many, and never for the one unit that does not divide, which another
/// gets as soon as this one shows 0.
fn worth(me: &Outlet, exposure: Quantity, share: Quantity) -> bool {
    let gain = share.less(exposure);
    me.setting == Setting::Compared || exposure.is_zero() || gain >= exposure.max(Quantity::clamped(2))
}

/// A figure to set, and what that may do to the exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaMove {
    /// The figure to show.
    pub quantity: Quantity,
    /// Units that the write may add to the exposure: must be within the headroom.
    pub adds: Quantity,
    /// Units that it takes off for sure, once it is acknowledged.
    pub removes: Quantity,
}

/// The next figure of an outlet that shows `live`; `None`: it stays.
///
/// A compared write changes the exposure by just its difference. An absolute one can revive units that were sold unseen, so the whole
/// figure counts as added until the orders up to it are taken in; where there is no room for that, the figure goes to 0 first.
pub fn next_figure(outlets: &[Outlet], shares: &[Quantity], of: usize, live: Quantity) -> Option<QuotaMove> {
    let (me, share) = (outlets.get(of)?, shares.get(of).copied()?);
    let Some(exposure) = me.exposure else {
        // Nothing is known, so nothing may be revived; but it need not show more than its share until something is known.
        let quantity = if me.setting == Setting::Compared { share } else { Quantity::ZERO };
        return (live > share).then_some(QuotaMove { quantity, adds: Quantity::ZERO, removes: Quantity::ZERO });
    };
    let room = Quantity::clamped(headroom(outlets, of));
    let absolute = |quantity: Quantity| QuotaMove { quantity, adds: quantity, removes: Quantity::ZERO };
    let quota_move = match (want(outlets, shares, of), me.setting) {
        (Want::Rest | Want::Learn, _) => return None,
        (Want::Grow, Setting::Compared) => {
            let adds = share.less(exposure).min(room);
            QuotaMove { quantity: live.plus(adds), adds, removes: Quantity::ZERO }
        }
        (Want::Shrink { .. }, Setting::Compared) => {
            let removes = exposure.less(share).min(live);
            QuotaMove { quantity: live.less(removes), adds: Quantity::ZERO, removes }
        }
        (Want::Grow | Want::Shrink { .. }, Setting::Absolute) if room >= share => absolute(share),
        (Want::Grow, Setting::Absolute) if exposure.is_zero() => absolute(share.min(room)),
        (Want::Grow | Want::Shrink { .. }, Setting::Absolute) => absolute(Quantity::ZERO),
    };
    (quota_move.quantity != live).then_some(quota_move)
}

#[cfg(test)]
#[path = "quota_tests.rs"]
mod tests;
