//! The rules of stock, orders, VAT and invoices, as plain data and pure functions.
//!
//! Nothing in here reads a clock, draws a random number, waits, or talks to anyone: a rule that needs the
//! present time is given it. That is what lets the same code run on Lambda, on one machine and in a simulation.

mod acceptance;
mod again;
mod allocate;
mod allocate_lines;
mod books;
mod buyer;
mod channel_sync;
mod counter;
mod country;
pub mod csv_text;
mod deleted;
mod drift;
mod due;
mod ean;
mod expected;
mod fingerprint;
mod handling;
mod health;
mod history;
mod ids;
mod instants;
pub mod invoice;
mod kept_off;
mod line;
mod listing;
mod money;
mod one_line;
mod order;
mod order_action;
mod order_update;
mod other_product;
mod part;
mod personal;
mod plan;
mod price;
mod publication;
mod publishing;
mod quantity;
mod quota;
mod role;
pub mod search;
mod so_many;
mod spread;
mod stage;
mod stock;
mod stock_rule;
mod terms;
mod told_return;
mod unreadable;
pub mod vat;
pub mod what_if;

pub use acceptance::{AcceptanceAnswer, AcceptanceUpdate, AwaitsAcceptance};
pub use again::Again;
pub use books::{BooksFlaw, BooksFold, Named};
pub use buyer::{OrderBuyer, PostalAddress, buyer_text};
pub use channel_sync::{ChannelSync, SyncRefused, SyncStep};
pub use counter::Counter;
pub use country::Country;
pub use deleted::DELETED;
pub use drift::{
    DriftCase, DriftCause, DriftFound, DriftStatus, DriftStep, FigureLook, LastTold, MOST_REPAIRS, PUSH_MAY_TAKE, rounds,
};
pub use due::Due;
pub use ean::Ean;
pub use expected::Expected;
pub use fingerprint::fingerprint;
pub use handling::{Cancellation, Inspection, PutBack, Return, ReturnCondition, Shipment};
pub use health::{Failing, Health, HealthStatus, Held, Task, TaskHealth, Tried};
pub use history::{OrderEvent, OrderEventDetails};
pub use ids::{CarrierId, ChannelId, ConnectionId, LocationId, OfferId, OrderLineId, OrderNumber, ReturnId, Sku, UserName};
pub use instants::{SKEW, age, lasting, noted};
pub use line::{Allocation, Component, Counted, LineChange, LineState, OpenLine, PartState, Restocked, WrittenOff};
pub use listing::{Codes, Counting, Listing, Match, MatchBy, MatchProblem, Product, match_codes};
pub use money::{Currency, Money, plain_decimal};
pub use one_line::breaks_a_line;
pub use order::{Fulfilment, LineKind, Order, OrderSnapshot, SnapshotLine, believed_stamp};
pub use order_action::{ActionContext, ActionRefused, OrderAction, plan_action};
pub use order_update::{
    AnnouncedReturn, CancelReason, CancellationUpdate, LineUnits, OrderUpdate, ReturnResolution, ReturnUpdate, ShipmentUpdate,
};
pub use personal::Personal;
pub use plan::{
    Incoming, LineDemand, LineProduct, OrderOutcome, Plan, PlannedOrder, Recency, ShortChange, Source, plan, standing,
};
pub use price::{MOST_PRICE, MOST_PROMOTIONS, PriceInForce, Prices, Promotion, is_price};
pub use publication::{Decision, Fence, Seen, StockSettings, decide};
pub use publishing::Publishing;
pub use quantity::Quantity;
pub use quota::{Flow, Outlet, QuotaMove, Setting, Share, Showing, Want, headroom, next_figure, share_out, share_out_from, want};
pub use role::{NoRole, Right, Role};
pub use so_many::so_many;
pub use spread::spread;
pub use stage::OrderStage;
pub use stock::{Movement, Remaining, StockLevel};
pub use stock_rule::{MOST_SHARE, Percentage, RuleChange, RuleStep, StockRule, target};
pub use terms::{LineTerms, OrderTerms, Pickup};
pub use unreadable::{FieldError, PossibleProducts, ResolvedLine, UnreadableLine};

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
