//! What a merchant does about an order, as the change of the order row and the stock that follows from it.
//!
//! A deed is planned like a snapshot: the order as it is in, the order as it will be and the difference of stock out, for one
//! transaction whose condition is the order's version. The same deed twice is found by its mark and moves nothing.

use crate::again::Again;
use crate::kept_off::KeptOff;
use crate::settle::{Aim, Changes, Demand, claim, cover, moved, sent_from, settle};
use crate::{
    Cancellation, Decided, Finding, Happened, Inspection, LineChange, LineUnits, LocationId, Order, OrderLineId, OrderOutcome,
    Parcel, PartState, PlannedOrder, PutBack, Quantity, Remaining, Restocked, Return, ReturnVerdict, Sku, Telling, UnreadLine,
};
use jiff::Timestamp;

/// One deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// A parcel left.
    Ship(Parcel),
    /// Units will not be sent. Moves no stock: the channel's answer does.
    Cancel(Cancellation),
    /// Units are on their way back.
    Announce(Return),
    /// They arrived.
    Receive {
        /// Mark of the return.
        id: String,
    },
    /// They were looked at.
    Inspect {
        /// Mark of the return.
        id: String,
        /// What was found.
        inspection: Inspection,
    },
    /// The channel no longer has the order: nothing more will be sent.
    Deleted,
    /// Units that the channel cancelled and kept off sale are there.
    PutBack(PutBack),
    /// What was short is taken from stock, as far as it reaches now.
    Cover,
    /// The channel was told of a parcel, cancellation or inspection, as far as this.
    Told {
        /// Its mark.
        id: String,
        /// How far.
        told: Telling,
    },
    /// What the channel refused is told once more.
    TellAgain(Again),
    /// Somebody looked at lines that cannot be read, and nothing needs to wait for them.
    Decide {
        /// As they were when they were looked at.
        lines: Vec<UnreadLine>,
    },
    /// An invoice closes the order.
    Lock {
        /// Its number.
        invoice: String,
    },
}

/// Who does it, when, and from where it can be sent.
#[derive(Debug, Clone)]
pub struct Doing<'a> {
    /// When, UTC.
    pub at: Timestamp,
    /// Who.
    pub by: &'a str,
    /// The locations that serve the order, the preferred one first.
    pub locations: &'a [LocationId],
}

/// Why a deed is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undone {
    /// It was done before.
    #[error("this was done before")]
    Already,
    /// It names what the order does not have.
    #[error("the order has no {0}")]
    Unknown(String),
    /// It asks for more than there is to do.
    #[error("{0}")]
    TooMuch(String),
    /// It does not go together with what was done already.
    #[error("{0}")]
    NotNow(String),
    /// The location does not hold enough.
    #[error("{location} has {left} of {sku} for it, and {wanted} are needed; transfer or correct the stock first")]
    NotThere {
        /// The article.
        sku: Sku,
        /// The location.
        location: LocationId,
        /// Units there.
        left: Quantity,
        /// Units needed.
        wanted: Quantity,
    },
}

/// Plans a deed.
pub fn perform(order: &Order, deed: &Deed, doing: &Doing<'_>, mut remaining: Remaining) -> Result<PlannedOrder, Undone> {
    if !order.is_complete() {
        return Err(Undone::NotNow("the order is being taken in; try again in a moment".to_owned()));
    }
    let mut after = order.clone();
    let by = match deed {
        // The channel's part of the timeline.
        Deed::Told { .. } => None,
        _ => Some(doing.by),
    };
    let mut changes = Changes::new();
    let happened = match deed {
        Deed::Ship(parcel) => ship(&mut after, parcel, doing, &mut remaining, &mut changes)?,
        Deed::Cancel(cancellation) => cancel(&mut after, cancellation)?,
        Deed::Announce(announced) => announce(&mut after, announced)?,
        Deed::Receive { id } => receive(&mut after, id, doing.at)?,
        Deed::Inspect { id, inspection } => inspect(&mut after, id, inspection, &mut changes)?,
        Deed::Deleted => Some(deleted(&mut after, doing, &mut remaining, &mut changes)?),
        Deed::PutBack(there) => put_back(&mut after, there, &mut remaining, &mut changes)?,
        Deed::Cover => Some(cover_short(&mut after, doing, &mut remaining)?),
        Deed::Told { id, told } => note_told(&mut after, id, told)?,
        Deed::TellAgain(again) => Some(tell_again(&mut after, again, doing.at)?),
        Deed::Decide { lines } => Some(decide_lines(&mut after, lines, doing)?),
        Deed::Lock { invoice } => Some(lock(&mut after, invoice)?),
    };
    if let Some(happened) = happened {
        begin_history(&mut after);
        after.note(doing.at, by, happened);
    }
    let demands = moved(&order.lines, &after.lines);
    after.version = order.version + 1;
    Ok(PlannedOrder {
        from: Vec::new(),
        order: after,
        was: Some(order.version),
        before: Some(order.clone()),
        outcome: OrderOutcome::Changed,
        demands,
        stayed: std::collections::BTreeSet::new(),
        changes,
    })
}

/// Holds what is in the merchant's parcels where they left, for lines of which that is not done yet. What is not there stays held
/// elsewhere: the parcel left all the same.
pub(crate) fn hold_open(order: &mut Order, remaining: &mut Remaining) {
    let Order { lines, parcels, .. } = order;
    for line in lines.iter_mut() {
        let Some(open) = &line.open else { continue };
        for parcel in parcels.iter().filter(|parcel| parcel.lines.iter().any(|one| one.line == line.id)) {
            for part in line.parts.iter_mut().filter(|part| !open.done.contains(&part.sku)) {
                let (was, left) = (part.clone(), remaining.clone());
                if hold(parcels, &line.id, part, &parcel.location, remaining).is_err() {
                    *part = was;
                    *remaining = left;
                }
            }
        }
    }
}

/// Before the first entry comes how it began.
pub(crate) fn begin_history(order: &mut Order) {
    if order.history.is_empty() {
        let begun = crate::history::told(&order.snapshot);
        order.note(order.accepted_at, None, begun);
    }
}

fn ship(
    order: &mut Order,
    parcel: &Parcel,
    doing: &Doing<'_>,
    remaining: &mut Remaining,
    changes: &mut Changes,
) -> Result<Option<Happened>, Undone> {
    if order.parcels.iter().any(|known| known.id == parcel.id) {
        return Err(Undone::Already);
    }
    each_once("parcel", &parcel.lines)?;
    for LineUnits { line, units } in &parcel.lines {
        let open = to_send(order, line)?;
        if *units > open {
            return Err(Undone::TooMuch(format!("line {line}: {units} in the parcel, and {open} are still to be sent")));
        }
    }
    order.parcels.push(parcel.clone());
    let Order { lines, parcels, .. } = order;
    for line in lines.iter_mut().filter(|line| parcel.lines.iter().any(|one| one.line == line.id)) {
        for part in &mut line.parts {
            hold(parcels, &line.id, part, &parcel.location, remaining)?;
        }
    }
    (order.lines, *changes) = settle(as_told(order), &order.parcels, doing.locations, remaining);
    Ok(Some(Happened::Parcel { id: parcel.id.clone() }))
}

/// The order's lines and what is wanted of them, as the channel last told.
fn as_told(order: &Order) -> Vec<Aim> {
    let aim = |line: &crate::LineState| {
        let told = order.snapshot.own_line(&line.id);
        let wanted = told.map_or(Quantity::ZERO, |told| told.ordered.less(told.cancelled));
        let shipped = told.map(|told| told.shipped.max(order.sent(&line.id)));
        let kept_off = KeptOff::of(Some(order), told, line);
        Aim { demand: Demand { wanted, not_there: order.not_there(&line.id), kept_off }, shipped, line: line.clone() }
    };
    order.lines.iter().map(aim).collect()
}

impl Order {
    /// Units of a line that can be put into a parcel now.
    pub fn to_send(&self, line: &OrderLineId) -> Quantity {
        to_send(self, line).unwrap_or_default()
    }

    /// Units of a line that can be cancelled now.
    pub fn to_cancel(&self, line: &OrderLineId) -> Quantity {
        self.snapshot.own_line(line).map_or(Quantity::ZERO, |told| {
            let gone = told.shipped.max(self.sent(line));
            told.ordered.less(gone).less(told.cancelled.max(self.cancelling(line)))
        })
    }

    /// Units of a line that the merchant cancelled and the channel did not refuse. What the channel tells as cancelled may be the same ones.
    pub fn cancelling(&self, line: &OrderLineId) -> Quantity {
        cancelled_by(&self.cancellations, line)
    }

    /// Units of a line that the merchant cancelled because they are not there. That a channel refuses to cancel them does not bring them
    /// back; but who cancels units of the line after that means the same ones, and the later word counts.
    pub fn not_there(&self, line: &OrderLineId) -> Quantity {
        let (mut standing, mut refused) = (Quantity::ZERO, Quantity::ZERO);
        for one in &self.cancellations {
            let units = one.lines.iter().filter(|l| l.line == *line).map(|l| l.units).sum::<Quantity>();
            refused = refused.less(units);
            match one.told {
                _ if !one.write_off => {}
                Telling::Refused { .. } => refused = refused.plus(units),
                _ => standing = standing.plus(units),
            }
        }
        standing.plus(refused)
    }

    /// As `cancelling`, up to this cancellation.
    pub fn cancelling_up_to(&self, id: &str, line: &OrderLineId) -> Quantity {
        let last = self.cancellations.iter().position(|one| one.id == id).unwrap_or_default();
        cancelled_by(self.cancellations.get(..=last).unwrap_or_default(), line)
    }
}

impl Order {
    /// Units of a line that the merchant cancelled here and the channel has, or may have.
    pub(crate) fn perhaps_cancelled_there(&self, line: &OrderLineId) -> Quantity {
        let perhaps = self.cancellations.iter().filter(|one| !matches!(one.told, Telling::Waiting | Telling::Refused { .. }));
        perhaps.flat_map(|one| &one.lines).filter(|one| one.line == *line).map(|one| one.units).sum()
    }
}

/// Units of a line that can still be put into a parcel.
fn to_send(order: &Order, id: &OrderLineId) -> Result<Quantity, Undone> {
    let Some(line) = order.line(id) else { return Err(Undone::Unknown(format!("line {id}"))) };
    let Some(told) = order.snapshot.own_line(id) else {
        return Err(Undone::NotNow(format!("line {id} is sent by the marketplace or no longer part of the order")));
    };
    if line.parts.is_empty() {
        return Err(Undone::NotNow(format!("line {id} is matched to no article; match it first")));
    }
    let open = told.ordered.less(told.cancelled.max(order.cancelling(id))).less(order.sent(id));
    let held = line.parts.iter().map(|part| part.committed().per(part.units)).min().unwrap_or_default();
    Ok(open.min(held.less(order.sent(id))))
}

fn cancelled_by(cancellations: &[Cancellation], line: &OrderLineId) -> Quantity {
    let standing = cancellations.iter().filter(|one| !matches!(one.told, Telling::Refused { .. }));
    standing.flat_map(|one| &one.lines).filter(|one| one.line == *line).map(|one| one.units).sum()
}

/// Sees to it that what left a location was held there: units held elsewhere are given up for it.
fn hold(
    parcels: &[Parcel],
    line: &OrderLineId,
    part: &mut PartState,
    location: &LocationId,
    remaining: &mut Remaining,
) -> Result<(), Undone> {
    let held_at = |part: &PartState, place: &LocationId| {
        part.claims.iter().filter(|claim| claim.location == *place).map(|claim| claim.committed).sum::<Quantity>()
    };
    let missing = sent_from(parcels, line, part, location).less(held_at(part, location));
    if missing.is_zero() {
        return Ok(());
    }
    let own: Vec<Quantity> = part.claims.iter().map(|claim| sent_from(parcels, line, part, &claim.location)).collect();
    let mut to_give_up = missing;
    for (claim, own) in part.claims.iter_mut().zip(own).rev().filter(|(claim, _)| claim.location != *location) {
        let given = to_give_up.min(claim.committed.less(own));
        claim.committed = claim.committed.less(given);
        claim.taken = claim.taken.min(claim.committed);
        to_give_up = to_give_up.less(given);
        remaining.give_back(&part.sku, &claim.location, given);
    }
    let got = remaining.take(&part.sku, location, missing);
    if got < missing {
        return Err(Undone::NotThere { sku: part.sku.clone(), location: location.clone(), left: got, wanted: missing });
    }
    claim(part, location, missing);
    Ok(())
}

fn cancel(order: &mut Order, cancellation: &Cancellation) -> Result<Option<Happened>, Undone> {
    if order.cancellations.iter().any(|known| known.id == cancellation.id) {
        return Err(Undone::Already);
    }
    not_locked(order)?;
    each_once("cancellation", &cancellation.lines)?;
    for LineUnits { line, units } in &cancellation.lines {
        if order.snapshot.own_line(line).is_none() {
            return Err(Undone::Unknown(format!("line {line} that you send")));
        }
        let open = order.to_cancel(line);
        if *units > open {
            return Err(Undone::TooMuch(format!("line {line}: {units} to cancel, and {open} are neither sent nor cancelled")));
        }
    }
    order.cancellations.push(cancellation.clone());
    Ok(Some(Happened::Cancellation { id: cancellation.id.clone() }))
}

fn announce(order: &mut Order, announced: &Return) -> Result<Option<Happened>, Undone> {
    let known = |one: &Return| one.id == announced.id || (one.channel_id.is_some() && one.channel_id == announced.channel_id);
    if order.returns.iter().any(known) {
        return Err(Undone::Already);
    }
    each_once("return", &announced.lines)?;
    for LineUnits { line, units } in &announced.lines {
        let Some(state) = order.line(line) else { return Err(Undone::Unknown(format!("line {line}"))) };
        let before: Quantity = order.returns.iter().map(|one| one.announced(line)).sum();
        // What a channel announces is a fact, even where we have not heard of the shipment yet.
        if announced.channel_id.is_none() && before.plus(*units) > state.sent() {
            let open = state.sent().less(before);
            return Err(Undone::TooMuch(format!(
                "line {line}: {units} to come back, and {open} were sent and are not on their way"
            )));
        }
    }
    order.returns.push(announced.clone());
    Ok(Some(Happened::ReturnAnnounced { id: announced.id.clone() }))
}

fn receive(order: &mut Order, id: &str, at: Timestamp) -> Result<Option<Happened>, Undone> {
    let found = a_return(order, id)?;
    if found.received_at.is_some() {
        return Err(Undone::Already);
    }
    found.received_at = Some(at);
    Ok(Some(Happened::ReturnReceived { id: id.to_owned() }))
}

fn a_return<'a>(order: &'a mut Order, id: &str) -> Result<&'a mut Return, Undone> {
    order.returns.iter_mut().find(|one| one.id == id).ok_or_else(|| Undone::Unknown(format!("return {id}")))
}

fn inspect(order: &mut Order, id: &str, inspection: &Inspection, changes: &mut Changes) -> Result<Option<Happened>, Undone> {
    let Inspection { line, units, finding, restock_at, verdict, .. } = inspection;
    let found = a_return(order, id)?;
    if found.inspected.iter().any(|known| known.id == inspection.id) {
        return Err(Undone::Already);
    }
    if units.is_zero() {
        return Err(Undone::TooMuch("at least one unit must be inspected".to_owned()));
    }
    let open = found.announced(line).less(found.decided(line));
    if *units > open {
        return Err(Undone::TooMuch(format!("line {line}: {units} inspected, and {open} of this return wait for it")));
    }
    if restock_at.is_some() && (*finding != Finding::Sellable || *verdict == ReturnVerdict::BuyerKeeps) {
        return Err(Undone::NotNow("only units that came back sellable go back on sale".to_owned()));
    }
    found.inspected.push(inspection.clone());
    if let Some(location) = restock_at {
        restock(order, line, location, *units)?;
        let restocked = vec![Restocked { location: location.clone(), units: *units }];
        changes.insert(line.clone(), LineChange { restocked, ..LineChange::default() });
    }
    Ok(Some(Happened::Inspected { id: inspection.id.clone() }))
}

/// Puts units on sale again: never more than were sent (I4).
fn restock(order: &mut Order, id: &OrderLineId, location: &LocationId, units: Quantity) -> Result<(), Undone> {
    let Some(line) = order.lines.iter_mut().find(|line| line.id == *id) else {
        return Err(Undone::Unknown(format!("line {id}")));
    };
    for part in &mut line.parts {
        let back = units.times(part.units);
        let open = part.taken().less(part.back());
        if back > open {
            return Err(Undone::TooMuch(format!("line {id}: {back} of {} to put on sale again, and {open} were sent", part.sku)));
        }
        part.restock(location, back);
    }
    Ok(())
}

fn deleted(order: &mut Order, doing: &Doing<'_>, remaining: &mut Remaining, changes: &mut Changes) -> Result<Happened, Undone> {
    if order.is_deleted() {
        return Err(Undone::Already);
    }
    let last = order.deleted();
    let told = crate::history::told(&last);
    begin_history(order);
    order.snapshot = last;
    (order.lines, *changes) = settle(as_told(order), &order.parcels, doing.locations, remaining);
    Ok(told)
}

fn put_back(
    order: &mut Order,
    there: &PutBack,
    remaining: &mut Remaining,
    changes: &mut Changes,
) -> Result<Option<Happened>, Undone> {
    if order.put_back.iter().any(|known| known.id == there.id) {
        return Err(Undone::Already);
    }
    let open = order.to_put_back(&there.line);
    if there.units.is_zero() || there.units > open {
        let PutBack { line, units, .. } = there;
        return Err(Undone::TooMuch(format!("line {line}: {units} to put on sale again, and {open} are kept off sale")));
    }
    order.put_back.push(there.clone());
    if let Some(line) = order.lines.iter_mut().find(|line| line.id == there.line) {
        crate::kept_off::put_back(line, there.units, &[], remaining);
        changes.insert(line.id.clone(), LineChange { found: there.units, ..LineChange::default() });
    }
    Ok(Some(Happened::OnSaleAfterAll { units: there.units }))
}

fn cover_short(order: &mut Order, doing: &Doing<'_>, remaining: &mut Remaining) -> Result<Happened, Undone> {
    let mut covered = Quantity::ZERO;
    for part in order.lines.iter_mut().flat_map(|line| &mut line.parts).filter(|part| !part.short.is_zero()) {
        let open = cover(part, part.short, doing.locations, remaining);
        covered = covered.plus(part.short.less(open));
        part.short = open;
    }
    if covered.is_zero() {
        return Err(Undone::NotNow("nothing of this order is short that stock could cover now".to_owned()));
    }
    Ok(Happened::Covered { units: covered })
}

fn telling<'a>(order: &'a mut Order, id: &str) -> Result<&'a mut Telling, Undone> {
    let parcels = order.parcels.iter_mut().map(|one| (&one.id, &mut one.told));
    let cancellations = order.cancellations.iter_mut().map(|one| (&one.id, &mut one.told));
    let inspections = order.returns.iter_mut().flat_map(|one| &mut one.inspected).map(|one| (&one.id, &mut one.told));
    let found = parcels.chain(cancellations).chain(inspections).find(|(mark, _)| *mark == id);
    found.map(|(_, told)| told).ok_or_else(|| Undone::Unknown(format!("parcel, cancellation or inspection {id}")))
}

/// Only what the channel did not want is told again, a parcel with another carrier or tracking code if it is given; and of what nobody knows
/// whether the channel has it, it is asked first.
fn tell_again(order: &mut Order, Again { id, label }: &Again, at: Timestamp) -> Result<Happened, Undone> {
    let parcel = order.parcels.iter().position(|one| one.id == *id);
    let other = label.clone().filter(|(carrier, tracking)| {
        parcel.is_none_or(|at| (carrier, tracking) != (&order.parcels[at].carrier, &order.parcels[at].tracking))
    });
    let unsure = match telling(order, id)? {
        Telling::Refused { unsure, .. } => *unsure,
        told if other.is_none() && (told.is_open() || label.is_some()) => return Err(Undone::Already),
        _ => {
            return Err(Undone::NotNow(
                "the channel did not refuse it; what it has, or is being told, stays as it is".to_owned(),
            ));
        }
    };
    if let Some(refused) = order.cancellations.iter().find(|one| one.id == *id) {
        not_locked(order)?;
        // Nobody held these units since: they may have been sent, or cancelled by another word.
        if refused.lines.iter().any(|one| one.units > order.to_cancel(&one.line)) {
            return Err(Undone::NotNow(
                "units of it were sent or cancelled in another way since; cancel what is still open of the order".to_owned(),
            ));
        }
    }
    if let (Some(at), Some((carrier, tracking))) = (parcel, other) {
        (order.parcels[at].carrier, order.parcels[at].tracking) = (carrier, tracking);
    }
    *telling(order, id)? = if unsure { Telling::Begun { at } } else { Telling::Waiting };
    Ok(Happened::ToldAgain { id: id.clone() })
}

fn note_told(order: &mut Order, id: &str, told: &Telling) -> Result<Option<Happened>, Undone> {
    let known = telling(order, id)?;
    // What the channel has, it has: somebody who looked earlier and speaks later takes nothing back.
    let closed = !known.is_open() && (told.is_open() || matches!(known, Telling::Told { .. }));
    if known == told || closed {
        return Err(Undone::Already);
    }
    *known = told.clone();
    let outcome = match told {
        Telling::Told { .. } => "the channel has it".to_owned(),
        Telling::Refused { reason, .. } => reason.clone(),
        Telling::Waiting | Telling::Begun { .. } | Telling::Pending { .. } | Telling::Nothing => return Ok(None),
    };
    Ok(Some(Happened::Told { id: id.to_owned(), outcome }))
}

fn decide_lines(order: &mut Order, lines: &[UnreadLine], doing: &Doing<'_>) -> Result<Happened, Undone> {
    let mut open: Vec<UnreadLine> = order.undecided().filter(|line| lines.contains(line)).cloned().collect();
    open.dedup();
    if open.is_empty() {
        return Err(Undone::NotNow(
            "no line of this order waits for a decision, or the channel tells it otherwise by now".to_owned(),
        ));
    }
    let units = u32::try_from(open.len()).unwrap_or(u32::MAX);
    // What the channel tells no more needs no answer.
    let told = std::mem::take(&mut order.decided).into_iter().filter(|decided| order.snapshot.unread.contains(&decided.line));
    order.decided = told.collect();
    order.decided.extend(open.into_iter().map(|line| Decided { line, by: doing.by.to_owned(), at: doing.at }));
    Ok(Happened::LinesDecided { lines: units })
}

fn lock(order: &mut Order, invoice: &str) -> Result<Happened, Undone> {
    match &order.locked_by {
        Some(known) if known == invoice => return Err(Undone::Already),
        Some(known) => return Err(Undone::NotNow(format!("invoice {known} closed the order"))),
        None => order.locked_by = Some(invoice.to_owned()),
    }
    Ok(Happened::Locked { invoice: invoice.to_owned() })
}

fn not_locked(order: &Order) -> Result<(), Undone> {
    match &order.locked_by {
        Some(invoice) => Err(Undone::NotNow(format!("invoice {invoice} closed the order; enter a return instead"))),
        None => Ok(()),
    }
}

fn each_once(what: &str, lines: &[LineUnits]) -> Result<(), Undone> {
    let twice = lines.iter().enumerate().find(|(at, one)| lines[..*at].iter().any(|before| before.line == one.line));
    if let Some((_, one)) = twice {
        return Err(Undone::TooMuch(format!("line {}: named twice in one {what}", one.line)));
    }
    if lines.is_empty() || lines.iter().any(|one| one.units.is_zero()) {
        return Err(Undone::TooMuch(format!("a {what} needs at least one line, and at least one unit of each")));
    }
    Ok(())
}

#[cfg(test)]
#[path = "deed_tests.rs"]
pub(crate) mod tests;
