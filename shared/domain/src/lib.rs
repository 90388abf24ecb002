//! The rules of stock and orders, as plain data and pure functions.
//!
//! Nothing in here reads a clock, draws a random number, waits, or talks to anyone: a rule that needs the
//! present time is given it. That is what lets the same code run on Lambda, on one machine and in a simulation.

mod again;
mod allocate;
mod books;
mod counter;
mod country;
pub mod csv_text;
mod deed;
mod deleted;
mod drift;
mod ean;
mod expected;
mod fingerprint;
mod handling;
mod health;
mod history;
mod ids;
mod instants;
mod kept_off;
mod line;
mod listing;
mod money;
mod order;
mod order_update;
mod other_product;
mod part;
mod places;
mod plan;
mod price;
mod publication;
mod publishing;
mod quantity;
mod quota;
mod settle;
mod stock;
mod stock_rule;
mod told_return;
mod unread;
pub mod what_if;

pub use again::Again;
pub use books::{BooksFlaw, BooksFold, Named};
pub use counter::Counter;
pub use country::Country;
pub use deed::{Deed, Doing, Undone, perform};
pub use deleted::DELETED;
pub use drift::{
    DriftCase, DriftClass, DriftFound, DriftStand, DriftStep, FigureLook, LastTold, MOST_REPAIRS, PUSH_MAY_TAKE, rounds,
};
pub use ean::Ean;
pub use expected::Expected;
pub use fingerprint::fingerprint;
pub use handling::{Cancellation, Finding, Inspection, Parcel, PutBack, Return, Telling};
pub use health::{Duty, DutyHealth, Failing, Health, Held, Tried, Wellbeing};
pub use history::{Event, Happened};
pub use ids::{CarrierId, ChannelId, ConnectionId, LocationId, OfferId, OrderLineId, OrderNumber, ReturnId, Sku};
pub use instants::{SKEW, age, lasting, noted};
pub use line::{Claim, Component, Counted, LineChange, LineState, OpenLine, PartState, Restocked, WrittenOff};
pub use listing::{Codes, Counting, Item, Listing, Match, MatchBy, MatchProblem, match_codes};
pub use money::{Currency, Money, plain_decimal};
pub use order::{Fulfilment, LineKind, Order, OrderSnapshot, SnapshotLine, believed_stamp};
pub use order_update::{
    AnnouncedReturn, CancelReason, CancellationUpdate, LineUnits, OrderUpdate, ReturnUpdate, ReturnVerdict, ShipmentUpdate,
};
pub use places::spread;
pub use plan::{Article, Incoming, LineDemand, OrderOutcome, Plan, PlannedOrder, ShortChange, Standing, plan, standing};
pub use price::{MOST_PRICE, PriceInForce, Prices, Promotion, is_price};
pub use publication::{Decision, Fence, Seen, StockSettings, decide};
pub use publishing::Publishing;
pub use quantity::Quantity;
pub use quota::{Flow, Outlet, QuotaMove, Setting, Share, Showing, Want, headroom, next_figure, share_out, share_out_from, want};
pub use stock::{Movement, Remaining, StockLevel};
pub use stock_rule::{MOST_SHARE, Percent, RuleChange, RuleStep, StockRule, target};
pub use unread::{Decided, MayMean, Unread, UnreadLine};

/// A value that does not fit its type: which one, what was given, what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: got {given:?}, expected {expected}")]
pub struct Invalid {
    /// The word for the value in the merchant's terms, such as `EAN`.
    pub field: &'static str,
    /// What was given, shortened to 64 characters.
    pub given: String,
    /// What would have been right.
    pub expected: &'static str,
}

impl Invalid {
    pub(crate) fn new(field: &'static str, given: &str, expected: &'static str) -> Self {
        Self { field, given: given.chars().take(64).collect(), expected }
    }
}
