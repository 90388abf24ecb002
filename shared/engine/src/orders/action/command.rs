//! What a person or another system wants done about an order, as it is asked for.

use domain::{
    Again, CancelReason, Cancellation, CarrierId, ChannelSync, Inspection, LineUnits, LocationId, Order, OrderAction,
    OrderLineId, PutBack, Quantity, Return, ReturnCondition, ReturnResolution, Shipment, breaks_a_line,
};
use ports::{Error, ErrorKind, Result};

/// Something to be done about an order. Given an `id`, asking for the same again does nothing more.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum OrderCommand {
    /// A shipment left.
    Ship {
        /// Your mark of it: asked for again under it, nothing more is done. With the mark of a shipment that the channel refused, another
        /// `carrier` or `tracking` corrects it, and the channel is told again. `None`: a fresh one.
        #[serde(default)]
        id: Option<String>,
        /// Where it left.
        location: LocationId,
        /// What is in it; everything that is still to be sent if left out.
        #[serde(default)]
        lines: Vec<LineUnits>,
        /// Who carries it.
        #[serde(default)]
        carrier: Option<CarrierId>,
        /// The tracking code.
        #[serde(default)]
        tracking: Option<String>,
    },
    /// Units will not be sent. They are free again when the channel says that they are cancelled; those that are not there are
    /// written off then.
    Cancel {
        /// Your mark of it: asked for again under it, nothing more is done. `None`: a fresh one.
        #[serde(default)]
        id: Option<String>,
        /// Which units; everything that was not sent if left out.
        #[serde(default)]
        lines: Vec<LineUnits>,
        /// Why.
        reason: CancelReason,
        /// Whether the units are not there, and are written off when they come free; left out: if the reason says so (`out_of_stock`,
        /// `damaged`, `not_found`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        write_off: Option<bool>,
    },
    /// Units are on their way back.
    AnnounceReturn {
        /// Your mark of it: asked for again under it, nothing more is done. `None`: a fresh one.
        #[serde(default)]
        id: Option<String>,
        /// Which units.
        lines: Vec<LineUnits>,
        /// Why, in a word or two. No personal data.
        #[serde(default)]
        reason: String,
    },
    /// A return arrived.
    ReceiveReturn {
        /// Mark of the return.
        r#return: String,
    },
    /// Units of a return were looked at.
    InspectReturn {
        /// Your mark of it: asked for again under it, nothing more is done. `None`: a fresh one.
        #[serde(default)]
        id: Option<String>,
        /// Mark of the return.
        r#return: String,
        /// Which line.
        line: OrderLineId,
        /// How many units.
        units: Quantity,
        /// What they are like.
        condition: ReturnCondition,
        /// Where they go back on sale; left out: they do not.
        #[serde(default)]
        restock_at: Option<LocationId>,
        /// What the buyer gets.
        resolution: ReturnResolution,
    },
    /// Units that were cancelled on the channel and kept off sale are there after all: they are put on sale again where they were held.
    PutBack {
        /// Your mark of it: asked for again under it, nothing more is done. `None`: a fresh one.
        #[serde(default)]
        id: Option<String>,
        /// Which line.
        line: OrderLineId,
        /// How many units.
        units: Quantity,
    },
    /// The order was deleted on the channel, which knows it no longer: what was not sent is free. Should the channel tell of it again, its word
    /// counts. The channel is asked first, and must have answered within a quarter of an hour that it has no such order.
    Deleted {},
    /// Takes from stock what was short.
    Cover {},
    /// The channel is told once more of a shipment, a cancellation or a decision about a return that it did not want. Where nobody knows whether
    /// it has it, it is asked first.
    TellAgain {
        /// Mark of the shipment, cancellation or inspection.
        update: String,
    },
    /// The lines that cannot be read were looked at, and the stock was corrected if units left for them: no figure waits for them any more.
    DecideLines {},
}

/// What a command comes to on the order as it is.
pub(super) enum Asked {
    /// Something is done about the order.
    Action(OrderAction),
    /// What its channel refused is told once more.
    Again(Again),
}

/// Characters of a mark, a tracking code, and a reason.
const LONGEST_MARK: usize = 64;
const LONGEST_TRACKING: usize = 100;
const LONGEST_REASON: usize = 200;

impl OrderCommand {
    /// Whether it can be done more than once, so that whoever asks gives it a mark.
    pub fn takes_mark(&self) -> bool {
        match self {
            Self::Ship { .. }
            | Self::Cancel { .. }
            | Self::AnnounceReturn { .. }
            | Self::InspectReturn { .. }
            | Self::PutBack { .. } => true,
            Self::ReceiveReturn { .. } | Self::Deleted {} | Self::Cover {} | Self::TellAgain { .. } | Self::DecideLines {} => {
                false
            }
        }
    }

    /// The mark it was given.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Ship { id, .. }
            | Self::Cancel { id, .. }
            | Self::AnnounceReturn { id, .. }
            | Self::InspectReturn { id, .. }
            | Self::PutBack { id, .. } => id.as_deref(),
            Self::ReceiveReturn { .. } | Self::Deleted {} | Self::Cover {} | Self::TellAgain { .. } | Self::DecideLines {} => {
                None
            }
        }
    }

    /// Refuses texts that could not be kept or told, and a mark that something else on the order has. The operation of the error is the
    /// field.
    pub(super) fn check(&self, order: &Order) -> Result<()> {
        if let Some(id) = self.id() {
            check_mark(id)?;
            self.check_known(order, id)?;
        }
        match self {
            Self::Ship { tracking: Some(tracking), .. } => on_one_line("tracking", tracking, 1, LONGEST_TRACKING),
            Self::AnnounceReturn { reason, .. } => on_one_line("reason", reason, 0, LONGEST_REASON),
            Self::Ship { .. }
            | Self::Cancel { .. }
            | Self::ReceiveReturn { .. }
            | Self::InspectReturn { .. }
            | Self::PutBack { .. }
            | Self::Deleted {}
            | Self::Cover {}
            | Self::TellAgain { .. }
            | Self::DecideLines {} => Ok(()),
        }
    }

    /// What is known under the mark is the same thing, or nothing.
    fn check_known(&self, order: &Order, id: &str) -> Result<()> {
        let parcel = order.shipments.iter().find(|known| known.id == id);
        let cancellation = order.cancellations.iter().find(|known| known.id == id);
        let returned = order.returns.iter().find(|known| known.id == id);
        let inspected = order.returns.iter().find_map(|r| Some((r, r.inspections.iter().find(|known| known.id == id)?)));
        let there = order.put_back.iter().find(|known| known.id == id);
        let equal = |lines: &[LineUnits], known: &[LineUnits]| {
            lines.len() == known.len() && lines.iter().all(|l| known.contains(l)) && known.iter().all(|l| lines.contains(l))
        };
        let asked = |lines: &[LineUnits], known: &[LineUnits]| lines.is_empty() || equal(lines, known);
        let same = match self {
            Self::Ship { location, lines, carrier, tracking, .. } => parcel.map(|known| {
                let label = (&known.carrier, &known.tracking) == (carrier, tracking);
                asked(lines, &known.lines) && known.location == *location && (label || is_refused(&known.channel_sync))
            }),
            Self::Cancel { lines, reason, write_off, .. } => cancellation.map(|known| {
                asked(lines, &known.lines) && known.reason == *reason && is_written_off(*reason, *write_off) == known.write_off
            }),
            Self::AnnounceReturn { lines, .. } => returned.map(|known| equal(lines, &known.lines)),
            Self::InspectReturn { r#return, line, units, condition, resolution, restock_at, .. } => {
                inspected.map(|(of, known)| {
                    let found = (&of.id, &known.line, known.units, known.condition, known.resolution, &known.restock_at);
                    found == (r#return, line, *units, *condition, *resolution, restock_at)
                })
            }
            Self::PutBack { line, units, .. } => there.map(|known| (&known.line, known.units) == (line, *units)),
            Self::ReceiveReturn { .. } | Self::Deleted {} | Self::Cover {} | Self::TellAgain { .. } | Self::DecideLines {} => {
                None
            }
        };
        let handled = parcel.is_some() || cancellation.is_some() || returned.is_some() || inspected.is_some();
        let taken = handled || there.is_some();
        if same.unwrap_or(!taken) {
            return Ok(());
        }
        let message = format!("id: something else about this order was entered under {id:?} before; choose another key");
        Err(Error::new(ErrorKind::Declined, "id", message))
    }

    /// What it comes to on the order as it is. `fresh` names it where it has no name.
    pub(super) fn asked(&self, order: &Order, fresh: String) -> Asked {
        let named = |id: &Option<String>| id.clone().unwrap_or(fresh);
        Asked::Action(match self {
            Self::Ship { id: Some(id), carrier, tracking, .. } if is_mended(order, id, (carrier, tracking)) => {
                return Asked::Again(Again { id: id.clone(), label: Some((carrier.clone(), tracking.clone())) });
            }
            Self::Ship { id, location, lines, carrier, tracking } => OrderAction::Ship(Shipment {
                id: named(id),
                location: location.clone(),
                lines: all_if_none(lines, order, Order::to_send),
                carrier: carrier.clone(),
                tracking: tracking.clone(),
                channel_sync: ChannelSync::Pending,
            }),
            Self::Cancel { id, lines, reason, write_off } => OrderAction::Cancel(Cancellation {
                id: named(id),
                lines: all_if_none(lines, order, Order::to_cancel),
                reason: *reason,
                write_off: is_written_off(*reason, *write_off),
                channel_sync: ChannelSync::Pending,
            }),
            Self::AnnounceReturn { id, lines, reason } => OrderAction::Announce(Return {
                id: named(id),
                channel_id: None,
                settled_on_channel: false,
                lines: lines.clone(),
                reason: reason.clone(),
                received_at: None,
                inspections: Vec::new(),
            }),
            Self::ReceiveReturn { r#return } => OrderAction::Receive { id: r#return.clone() },
            Self::InspectReturn { id, r#return, line, units, condition, restock_at, resolution } => OrderAction::Inspect {
                id: r#return.clone(),
                inspection: Inspection {
                    id: named(id),
                    line: line.clone(),
                    units: *units,
                    condition: *condition,
                    restock_at: restock_at.clone(),
                    resolution: *resolution,
                    channel_sync: if settled_there(order, r#return) { ChannelSync::NotNeeded } else { ChannelSync::Pending },
                },
            },
            Self::PutBack { id, line, units } => {
                OrderAction::PutBack(PutBack { id: named(id), line: line.clone(), units: *units })
            }
            Self::Deleted {} => OrderAction::Deleted,
            Self::Cover {} => OrderAction::Cover,
            Self::TellAgain { update } => return Asked::Again(Again::as_it_was(update)),
            Self::DecideLines {} => OrderAction::Decide { lines: order.undecided().cloned().collect() },
        })
    }
}

/// Whether a shipment is named that the channel refused, with another carrier or tracking code than it refused. The same once more is no
/// correction: whoever sends a file twice asks for nothing new.
fn is_mended(order: &Order, id: &str, label: (&Option<CarrierId>, &Option<String>)) -> bool {
    let known = order.shipments.iter().find(|parcel| parcel.id == id);
    known.is_some_and(|known| is_refused(&known.channel_sync) && (&known.carrier, &known.tracking) != label)
}

fn is_refused(told: &ChannelSync) -> bool {
    matches!(told, ChannelSync::Rejected { .. })
}

/// Whether the channel has dealt with a return already.
fn settled_there(order: &Order, id: &str) -> bool {
    order.returns.iter().any(|one| one.id == id && one.settled_on_channel)
}

/// As the merchant says, or else as the reason does.
fn is_written_off(reason: CancelReason, said: Option<bool>) -> bool {
    said.unwrap_or(reason.is_not_there())
}

/// Refuses a mark that a row's name could not hold.
pub fn check_mark(id: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    if (1..=LONGEST_MARK).contains(&id.len()) && id.chars().all(fits) {
        return Ok(());
    }
    let shown: String = id.chars().take(LONGEST_MARK).collect();
    let message =
        format!("id: got {shown:?}, expected 1 to {LONGEST_MARK} letters, digits, dashes, dots, colons and underscores");
    Err(Error::new(ErrorKind::BadInput, "id", message))
}

fn on_one_line(field: &'static str, text: &str, least: usize, most: usize) -> Result<()> {
    if (least..=most).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(breaks_a_line) {
        return Ok(());
    }
    let message = format!("{field}: expected {least} to {most} characters on one line, without blanks around them");
    Err(Error::new(ErrorKind::BadInput, field, message))
}

fn all_if_none(lines: &[LineUnits], order: &Order, open: fn(&Order, &OrderLineId) -> Quantity) -> Vec<LineUnits> {
    if !lines.is_empty() {
        return lines.to_vec();
    }
    let all = order.lines.iter().map(|line| LineUnits { line: line.id.clone(), units: open(order, &line.id) });
    all.filter(|one| !one.units.is_zero()).collect()
}
