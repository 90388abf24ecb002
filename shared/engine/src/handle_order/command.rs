//! What a person or another system wants done about an order, as it is asked for.

use domain::{
    CancelReason, Cancellation, CarrierId, Deed, Finding, Inspection, LineUnits, LocationId, Order, OrderLineId, Parcel,
    Quantity, Return, ReturnVerdict, Telling,
};

/// Something to be done about an order. Given an `id`, asking for the same again does nothing more.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
pub enum OrderCommand {
    /// A parcel left.
    Ship {
        /// Your mark of it; a fresh one if left out.
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
    /// Units will not be sent. They are free again when the channel says that they are cancelled.
    Cancel {
        /// Your mark of it; a fresh one if left out.
        #[serde(default)]
        id: Option<String>,
        /// Which units; everything that was not sent if left out.
        #[serde(default)]
        lines: Vec<LineUnits>,
        /// Why.
        reason: CancelReason,
    },
    /// Units are on their way back.
    AnnounceReturn {
        /// Your mark of it; a fresh one if left out.
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
        /// Your mark of it; a fresh one if left out.
        #[serde(default)]
        id: Option<String>,
        /// Mark of the return.
        r#return: String,
        /// Which line.
        line: OrderLineId,
        /// How many units.
        units: Quantity,
        /// What they are like.
        finding: Finding,
        /// Where they go back on sale; left out: they do not.
        #[serde(default)]
        restock_at: Option<LocationId>,
        /// What the buyer gets.
        verdict: ReturnVerdict,
    },
    /// Takes from stock what was short.
    Cover {},
}

impl OrderCommand {
    /// The deed it comes to on the order as it is. `fresh` names it where it has no name.
    pub(super) fn deed(&self, order: &Order, fresh: String) -> Deed {
        let named = |id: &Option<String>| id.clone().unwrap_or(fresh);
        match self {
            Self::Ship { id, location, lines, carrier, tracking } => Deed::Ship(Parcel {
                id: named(id),
                location: location.clone(),
                lines: all_if_none(lines, order, Order::to_send),
                carrier: carrier.clone(),
                tracking: tracking.clone(),
                told: Telling::Waiting,
            }),
            Self::Cancel { id, lines, reason } => Deed::Cancel(Cancellation {
                id: named(id),
                lines: all_if_none(lines, order, Order::to_cancel),
                reason: *reason,
                told: Telling::Waiting,
            }),
            Self::AnnounceReturn { id, lines, reason } => Deed::Announce(Return {
                id: named(id),
                channel_id: None,
                lines: lines.clone(),
                reason: reason.clone(),
                received_at: None,
                inspected: Vec::new(),
            }),
            Self::ReceiveReturn { r#return } => Deed::Receive { id: r#return.clone() },
            Self::InspectReturn { id, r#return, line, units, finding, restock_at, verdict } => Deed::Inspect {
                id: r#return.clone(),
                inspection: Inspection {
                    id: named(id),
                    line: line.clone(),
                    units: *units,
                    finding: *finding,
                    restock_at: restock_at.clone(),
                    verdict: *verdict,
                    told: Telling::Waiting,
                },
            },
            Self::Cover {} => Deed::Cover,
        }
    }
}

fn all_if_none(lines: &[LineUnits], order: &Order, open: fn(&Order, &OrderLineId) -> Quantity) -> Vec<LineUnits> {
    if !lines.is_empty() {
        return lines.to_vec();
    }
    let all = order.lines.iter().map(|line| LineUnits { line: line.id.clone(), units: open(order, &line.id) });
    all.filter(|one| !one.units.is_zero()).collect()
}
