//! What a merchant does about an order, as the change of the order row and the stock that follows from it.
//!
//! An order action is planned like a snapshot: the order as it is in, the order as it will be and the difference of stock out, for one
//! transaction whose condition is the order's version. The same action twice is found by its mark and moves nothing.

use crate::allocate_lines::{Aim, Changes, Demand, allocate_lines, claim, cover, moved, sent_from};
use crate::kept_off::KeptOff;
use crate::{
    AcceptanceUpdate, Cancellation, ChannelSync, Inspection, LineChange, LineState, LineUnits, LocationId, Order,
    OrderEventDetails, OrderLineId, OrderOutcome, PartState, PlannedOrder, PutBack, Quantity, Remaining, ResolvedLine, Restocked,
    Return, ReturnCondition, ReturnResolution, Shipment, Sku, UnreadableLine,
};
use jiff::Timestamp;

/// one order action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderAction {
    /// A shipment left.
    Ship(Shipment),
    /// The channel waits for the merchant's word: this is it. Moves no stock: the channel's answer does.
    Answer(AcceptanceUpdate),
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
    /// Somebody looked at lines that cannot be read, and nothing needs to wait for them.
    Decide {
        /// As they were when they were looked at.
        lines: Vec<UnreadableLine>,
    },
}

/// Who does it, when, and from where it can be sent.
#[derive(Debug, Clone)]
pub struct ActionContext<'a> {
    /// When, UTC.
    pub at: Timestamp,
    /// Who.
    pub by: &'a str,
    /// The locations that serve the order, the preferred one first.
    pub locations: &'a [LocationId],
}

/// Why an order action is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionRefused {
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
    #[error(
        "{location} has {left} of {sku} for it, and {wanted} are needed; ship what is set aside for it elsewhere from there, as a shipment of its \
         own (in a file, a row for each location with `line` and `units`, and its own `shipment` or `tracking`), or else transfer or correct the \
         stock first"
    )]
    NotThere {
        /// The product.
        sku: Sku,
        /// The location.
        location: LocationId,
        /// Units there.
        left: Quantity,
        /// Units needed.
        wanted: Quantity,
    },
}

/// Plans an order action.
pub fn plan_action(
    order: &Order,
    action: &OrderAction,
    context: &ActionContext<'_>,
    mut remaining: Remaining,
) -> Result<PlannedOrder, ActionRefused> {
    if !order.is_complete() {
        return Err(ActionRefused::NotNow("the order is being taken in; try again in a moment".to_owned()));
    }
    let mut after = order.clone();
    let mut changes = Changes::new();
    let happened = match action {
        OrderAction::Ship(parcel) => ship(&mut after, parcel, context, &mut remaining, &mut changes)?,
        OrderAction::Answer(update) => Some(crate::acceptance::answer(&mut after, update)?),
        OrderAction::Cancel(cancellation) => cancel(&mut after, cancellation)?,
        OrderAction::Announce(announced) => announce(&mut after, announced)?,
        OrderAction::Receive { id } => receive(&mut after, id, context.at)?,
        OrderAction::Inspect { id, inspection } => inspect(&mut after, id, inspection, &mut changes)?,
        OrderAction::Deleted => Some(deleted(&mut after, context, &mut remaining, &mut changes)?),
        OrderAction::PutBack(there) => put_back(&mut after, there, &mut remaining, &mut changes)?,
        OrderAction::Cover => Some(cover_short(&mut after, context, &mut remaining)?),
        OrderAction::Decide { lines } => Some(decide_lines(&mut after, lines, context)?),
    };
    if let Some(happened) = happened {
        begin_history(&mut after);
        after.note(context.at, Some(context.by), happened);
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

/// Holds what is in the merchant's shipments where they left, for lines of which that is not done yet. What is not there stays held
/// elsewhere: the shipment left all the same.
pub(crate) fn hold_open(order: &mut Order, remaining: &mut Remaining) {
    let Order { lines, shipments: parcels, .. } = order;
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
    parcel: &Shipment,
    context: &ActionContext<'_>,
    remaining: &mut Remaining,
    changes: &mut Changes,
) -> Result<Option<OrderEventDetails>, ActionRefused> {
    if order.shipments.iter().any(|known| known.id == parcel.id) {
        return Err(ActionRefused::Already);
    }
    if order.snapshot.terms.unreleased {
        return Err(ActionRefused::NotNow(NOT_RELEASED.to_owned()));
    }
    if parcel.lines.is_empty() {
        return Err(ActionRefused::TooMuch(nothing_left(order, "send")));
    }
    each_once("shipment", &parcel.lines)?;
    for LineUnits { line, units } in &parcel.lines {
        let open = to_send(order, line)?;
        if *units > open {
            return Err(ActionRefused::TooMuch(format!("line {line}: {units} in the shipment, and {open} are still to be sent")));
        }
    }
    order.shipments.push(parcel.clone());
    let Order { lines, shipments: parcels, .. } = order;
    for line in lines.iter_mut().filter(|line| parcel.lines.iter().any(|one| one.line == line.id)) {
        for part in &mut line.parts {
            hold(parcels, &line.id, part, &parcel.location, remaining)?;
        }
    }
    (order.lines, *changes) = allocate_lines(as_told(order), &order.shipments, context.locations, remaining);
    Ok(Some(OrderEventDetails::Shipment { id: parcel.id.clone() }))
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
    /// Units of a line that can be put into a shipment now.
    pub fn to_send(&self, line: &OrderLineId) -> Quantity {
        to_send(self, line).unwrap_or_default()
    }

    /// Units of a line that were sent and are in no return yet.
    pub fn to_return(&self, line: &OrderLineId) -> Quantity {
        let announced = self.returns.iter().map(|one| one.announced(line)).sum();
        self.line(line).map_or(Quantity::ZERO, |state| self.gone_out(state)).less(announced)
    }

    /// Units of a line that buyers were sent. Of what took nothing from stock here, because the marketplace sends it or it is of no product that is
    /// known, the channel's word is all there is.
    fn gone_out(&self, state: &LineState) -> Quantity {
        let told = self.snapshot.lines.iter().find(|told| told.id == state.id);
        match told {
            Some(told) if told.is_marketplaces() || (told.is_own() && state.parts.is_empty()) => told.shipped,
            _ => state.sent(),
        }
    }

    /// Whether the marketplace sends a line, from stock of its own.
    pub fn is_marketplaces(&self, line: &OrderLineId) -> bool {
        self.snapshot.lines.iter().any(|told| told.id == *line && told.is_marketplaces())
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
            match one.channel_sync {
                _ if !one.write_off => {}
                ChannelSync::Rejected { .. } => refused = refused.plus(units),
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
        let perhaps = self
            .cancellations
            .iter()
            .filter(|one| !matches!(one.channel_sync, ChannelSync::Pending | ChannelSync::Rejected { .. }));
        perhaps.flat_map(|one| &one.lines).filter(|one| one.line == *line).map(|one| one.units).sum()
    }
}

/// Why nothing of an unreleased order is sent.
const NOT_RELEASED: &str = "the channel does not let it be sent yet: it is not paid there; its units stay set aside, and it can be shipped once it is paid";

/// Units of a line that can still be put into a shipment.
fn to_send(order: &Order, id: &OrderLineId) -> Result<Quantity, ActionRefused> {
    if order.snapshot.terms.unreleased {
        return Err(ActionRefused::NotNow(NOT_RELEASED.to_owned()));
    }
    let Some(line) = order.line(id) else { return Err(ActionRefused::Unknown(format!("line {id}"))) };
    let Some(told) = order.snapshot.own_line(id) else {
        return Err(ActionRefused::NotNow(format!("line {id} is sent by the marketplace or no longer part of the order")));
    };
    if line.parts.is_empty() {
        return Err(ActionRefused::NotNow(format!("line {id} is matched to no product; match it first")));
    }
    // What the channel knows as shipped has left, whoever entered it there.
    let gone = told.shipped.max(order.sent(id));
    let open = told.ordered.less(told.cancelled.max(order.cancelling(id))).less(gone);
    let held = line.parts.iter().map(|part| part.committed().per(part.units)).min().unwrap_or_default();
    Ok(open.min(held.less(gone)))
}

fn cancelled_by(cancellations: &[Cancellation], line: &OrderLineId) -> Quantity {
    let standing = cancellations.iter().filter(|one| !matches!(one.channel_sync, ChannelSync::Rejected { .. }));
    standing.flat_map(|one| &one.lines).filter(|one| one.line == *line).map(|one| one.units).sum()
}

/// Sees to it that what left a location was held there: units held elsewhere are given up for it.
fn hold(
    parcels: &[Shipment],
    line: &OrderLineId,
    part: &mut PartState,
    location: &LocationId,
    remaining: &mut Remaining,
) -> Result<(), ActionRefused> {
    let held_at = |part: &PartState, place: &LocationId| {
        part.allocations.iter().filter(|claim| claim.location == *place).map(|claim| claim.allocated).sum::<Quantity>()
    };
    let missing = sent_from(parcels, line, part, location).less(held_at(part, location));
    if missing.is_zero() {
        return Ok(());
    }
    let own: Vec<Quantity> = part.allocations.iter().map(|claim| sent_from(parcels, line, part, &claim.location)).collect();
    let mut to_give_up = missing;
    for (claim, own) in part.allocations.iter_mut().zip(own).rev().filter(|(claim, _)| claim.location != *location) {
        let given = to_give_up.min(claim.allocated.less(own));
        claim.allocated = claim.allocated.less(given);
        claim.shipped = claim.shipped.min(claim.allocated);
        to_give_up = to_give_up.less(given);
        remaining.give_back(&part.sku, &claim.location, given);
    }
    let got = remaining.take(&part.sku, location, missing);
    if got < missing {
        return Err(ActionRefused::NotThere { sku: part.sku.clone(), location: location.clone(), left: got, wanted: missing });
    }
    claim(part, location, missing);
    Ok(())
}

fn cancel(order: &mut Order, cancellation: &Cancellation) -> Result<Option<OrderEventDetails>, ActionRefused> {
    if order.cancellations.iter().any(|known| known.id == cancellation.id) {
        return Err(ActionRefused::Already);
    }
    if cancellation.lines.is_empty() {
        return Err(ActionRefused::TooMuch(nothing_left(order, "cancel")));
    }
    each_once("cancellation", &cancellation.lines)?;
    for LineUnits { line, units } in &cancellation.lines {
        if order.snapshot.own_line(line).is_none() {
            return Err(ActionRefused::Unknown(format!("line {line} that you send")));
        }
        let open = order.to_cancel(line);
        if *units > open {
            return Err(ActionRefused::TooMuch(format!(
                "line {line}: {units} to cancel, and {open} are neither sent nor cancelled"
            )));
        }
    }
    order.cancellations.push(cancellation.clone());
    Ok(Some(OrderEventDetails::Cancellation { id: cancellation.id.clone() }))
}

fn announce(order: &mut Order, announced: &Return) -> Result<Option<OrderEventDetails>, ActionRefused> {
    let known = |one: &Return| one.id == announced.id || (one.channel_id.is_some() && one.channel_id == announced.channel_id);
    if order.returns.iter().any(known) {
        return Err(ActionRefused::Already);
    }
    each_once("return", &announced.lines)?;
    for LineUnits { line, units } in &announced.lines {
        if order.line(line).is_none() {
            return Err(ActionRefused::Unknown(format!("line {line}")));
        }
        let open = order.to_return(line);
        // What a channel announces is a fact, even where we have not heard of the shipment yet.
        if announced.channel_id.is_none() && *units > open {
            return Err(ActionRefused::TooMuch(format!(
                "line {line}: {units} to come back, and {open} were sent and are not on their way"
            )));
        }
    }
    order.returns.push(announced.clone());
    Ok(Some(OrderEventDetails::ReturnAnnounced { id: announced.id.clone() }))
}

fn receive(order: &mut Order, id: &str, at: Timestamp) -> Result<Option<OrderEventDetails>, ActionRefused> {
    let found = a_return(order, id)?;
    if found.received_at.is_some() {
        return Err(ActionRefused::Already);
    }
    found.received_at = Some(at);
    Ok(Some(OrderEventDetails::ReturnReceived { id: id.to_owned() }))
}

fn a_return<'a>(order: &'a mut Order, id: &str) -> Result<&'a mut Return, ActionRefused> {
    order.returns.iter_mut().find(|one| one.id == id).ok_or_else(|| ActionRefused::Unknown(format!("return {id}")))
}

fn inspect(
    order: &mut Order,
    id: &str,
    inspection: &Inspection,
    changes: &mut Changes,
) -> Result<Option<OrderEventDetails>, ActionRefused> {
    let Inspection { line, units, condition: finding, restock_at, resolution: verdict, .. } = inspection;
    if restock_at.is_some() && order.is_marketplaces(line) {
        return Err(ActionRefused::NotNow(format!(
            "line {line} was sent by the marketplace: units of it go back on sale there and not here; leave `restock_at` out"
        )));
    }
    let found = a_return(order, id)?;
    if found.inspections.iter().any(|known| known.id == inspection.id) {
        return Err(ActionRefused::Already);
    }
    if units.is_zero() {
        return Err(ActionRefused::TooMuch("at least one unit must be inspected".to_owned()));
    }
    let open = found.announced(line).less(found.decided(line));
    if *units > open {
        return Err(ActionRefused::TooMuch(format!("line {line}: {units} inspected, and {open} of this return wait for it")));
    }
    if restock_at.is_some() && (*finding != ReturnCondition::Sellable || *verdict == ReturnResolution::BuyerKeeps) {
        return Err(ActionRefused::NotNow("only units that came back sellable go back on sale".to_owned()));
    }
    found.inspections.push(inspection.clone());
    if let Some(location) = restock_at {
        restock(order, line, location, *units)?;
        let restocked = vec![Restocked { location: location.clone(), units: *units }];
        changes.insert(line.clone(), LineChange { restocked, ..LineChange::default() });
    }
    Ok(Some(OrderEventDetails::Inspection { id: inspection.id.clone() }))
}

/// Puts units on sale again: never more than were sent (I4).
fn restock(order: &mut Order, id: &OrderLineId, location: &LocationId, units: Quantity) -> Result<(), ActionRefused> {
    let Some(line) = order.lines.iter_mut().find(|line| line.id == *id) else {
        return Err(ActionRefused::Unknown(format!("line {id}")));
    };
    for part in &mut line.parts {
        let back = units.times(part.units);
        let open = part.taken().less(part.back());
        if back > open {
            return Err(ActionRefused::TooMuch(format!(
                "line {id}: {back} of {} to put on sale again, and {open} were sent",
                part.sku
            )));
        }
        part.restock(location, back);
    }
    Ok(())
}

fn deleted(
    order: &mut Order,
    context: &ActionContext<'_>,
    remaining: &mut Remaining,
    changes: &mut Changes,
) -> Result<OrderEventDetails, ActionRefused> {
    if order.is_deleted() {
        return Err(ActionRefused::Already);
    }
    let last = order.deleted();
    let told = crate::history::told(&last);
    begin_history(order);
    order.snapshot = last;
    (order.lines, *changes) = allocate_lines(as_told(order), &order.shipments, context.locations, remaining);
    Ok(told)
}

fn put_back(
    order: &mut Order,
    there: &PutBack,
    remaining: &mut Remaining,
    changes: &mut Changes,
) -> Result<Option<OrderEventDetails>, ActionRefused> {
    if order.put_back.iter().any(|known| known.id == there.id) {
        return Err(ActionRefused::Already);
    }
    let open = order.to_put_back(&there.line);
    if there.units.is_zero() || there.units > open {
        let PutBack { line, units, .. } = there;
        return Err(ActionRefused::TooMuch(format!("line {line}: {units} to put on sale again, and {open} are kept off sale")));
    }
    order.put_back.push(there.clone());
    if let Some(line) = order.lines.iter_mut().find(|line| line.id == there.line) {
        crate::kept_off::put_back(line, there.units, &[], remaining);
        changes.insert(line.id.clone(), LineChange { found: there.units, ..LineChange::default() });
    }
    Ok(Some(OrderEventDetails::Restocked { units: there.units }))
}

fn cover_short(
    order: &mut Order,
    context: &ActionContext<'_>,
    remaining: &mut Remaining,
) -> Result<OrderEventDetails, ActionRefused> {
    let mut covered = Quantity::ZERO;
    for part in order.lines.iter_mut().flat_map(|line| &mut line.parts).filter(|part| !part.short.is_zero()) {
        let open = cover(part, part.short, context.locations, remaining);
        covered = covered.plus(part.short.less(open));
        part.short = open;
    }
    if covered.is_zero() {
        return Err(ActionRefused::NotNow("nothing of this order is short that stock could cover now".to_owned()));
    }
    Ok(OrderEventDetails::ShortageCovered { units: covered })
}

fn decide_lines(
    order: &mut Order,
    lines: &[UnreadableLine],
    context: &ActionContext<'_>,
) -> Result<OrderEventDetails, ActionRefused> {
    let mut open: Vec<UnreadableLine> = order.undecided().filter(|line| lines.contains(line)).cloned().collect();
    open.dedup();
    if open.is_empty() {
        return Err(ActionRefused::NotNow(
            "no line of this order waits for a decision, or the channel tells it otherwise by now".to_owned(),
        ));
    }
    let units = u32::try_from(open.len()).unwrap_or(u32::MAX);
    // What the channel tells no more needs no answer.
    let told =
        std::mem::take(&mut order.decided).into_iter().filter(|decided| order.snapshot.unreadable_lines.contains(&decided.line));
    order.decided = told.collect();
    order.decided.extend(open.into_iter().map(|line| ResolvedLine { line, by: context.by.to_owned(), at: context.at }));
    Ok(OrderEventDetails::LinesDecided { lines: units })
}

/// What became of everything, where nothing is left to be sent or cancelled. Units of the lines that the merchant sends.
fn nothing_left(order: &Order, to: &str) -> String {
    let (mut shipped, mut cancelled, mut short) = (Quantity::ZERO, Quantity::ZERO, Quantity::ZERO);
    for line in &order.lines {
        let Some(told) = order.snapshot.own_line(&line.id) else { continue };
        shipped = shipped.plus(told.shipped.max(order.sent(&line.id)));
        cancelled = cancelled.plus(told.cancelled.max(order.cancelling(&line.id)));
        short = short.plus(line.short());
    }
    let all = [(shipped, "shipped"), (cancelled, "cancelled"), (short, "short")];
    let all: Vec<_> = all.iter().filter(|(units, _)| !units.is_zero()).map(|(units, word)| format!("{units} {word}")).collect();
    let all = if all.is_empty() { "it has no line that you send".to_owned() } else { all.join(", ") };
    format!("nothing is left to {to}: {all}")
}

fn each_once(what: &str, lines: &[LineUnits]) -> Result<(), ActionRefused> {
    let twice = lines.iter().enumerate().find(|(at, one)| lines[..*at].iter().any(|before| before.line == one.line));
    if let Some((_, one)) = twice {
        return Err(ActionRefused::TooMuch(format!("line {}: named twice in one {what}", one.line)));
    }
    if lines.is_empty() || lines.iter().any(|one| one.units.is_zero()) {
        return Err(ActionRefused::TooMuch(format!("a {what} needs at least one line, and at least one unit of each")));
    }
    Ok(())
}

#[cfg(test)]
#[path = "order_action_tests.rs"]
pub(crate) mod tests;
