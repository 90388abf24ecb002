//! The figure a channel should show, as the rule leads to it, and what the channel was told.

use super::super::Unreadable;
use super::super::held_down::BlockingOrder;
use super::super::standing::{Judge, Publication};
use crate::Ports;
use crate::publish::stock::{NotPublished, Outlets, Present, at_channel_locations, figure, rule, takes};
use crate::rows::{ConnectionRow, ListingRow};
use domain::{ChannelId, ConnectionId, Counting, LocationId, OfferId, Quantity, RuleChange, RuleStep, Sku, StockRule};
use jiff::Timestamp;
use ports::Result;

/// A product on one channel, explained.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ListingExplained {
    /// The channel account.
    pub connection: ConnectionId,
    /// Its channel; none if the connection is no longer configured.
    pub channel: Option<ChannelId>,
    /// The listing there.
    pub offer: OfferId,
    /// The locations that serve it, the preferred one first.
    pub locations: Vec<LocationId>,
    /// Whether its shop leads the stock: it is shown all there is, and what its staff change there is a correction.
    #[serde(default)]
    pub leads_stock: bool,
    /// Whether the channel tracks its stock, as seen last. Where it does not, it is told nothing unless a rule says so.
    #[serde(default)]
    pub counting: Counting,
    /// The channel sells it on when none is left, by the merchant's own will there: it can sell what other channels sold.
    #[serde(default)]
    pub backorders: bool,
    /// Of a bundle: the products in it. The scarcest decides.
    pub parts: Vec<PartExplained>,
    /// From what is there to what is to be shown, step by step. None if the connection is no longer configured, or a row cannot be read.
    pub steps: Vec<StepExplained>,
    /// The figure it should show now; while it is shared out, what it may sell at most. Of a listing that is not told: what it would be told.
    /// None as with the steps.
    pub target_quantity: Option<Quantity>,
    /// How that is spread over the channel's own locations, by the merchant's. None on a channel, or a connection, without.
    #[serde(default)]
    pub channel_locations: Vec<ChannelLocationExplained>,
    /// The figure it acknowledged last; none if it was never told, or its last answer is unknown.
    pub published_quantity: Option<Quantity>,
    /// When, UTC.
    #[schemars(with = "Option<String>")]
    pub published_at: Option<Timestamp>,
    /// How it stands, and how its pushes go.
    pub publication: PublicationExplained,
}

/// What one of the channel's locations is to show.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ChannelLocationExplained {
    /// The merchant's location that it stands for.
    pub location: LocationId,
    /// Units.
    pub target_quantity: Quantity,
}

/// A product in a bundle.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PartExplained {
    /// The product.
    pub sku: Sku,
    /// How many of it are in one bundle.
    pub units: Quantity,
    /// How many of it can be promised at the locations that serve the connection, less what is owed.
    pub available: i64,
    /// How many bundles that makes.
    pub yields: i64,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct StepExplained {
    /// What is done.
    pub step: Step,
    /// By which number of the rule, where it has one: units, percent, or 1 for a pause.
    pub setting: Option<i64>,
    /// Where that is said, where it is a rule's.
    pub set_by: Option<RuleSource>,
    /// The figure after it.
    pub units: i64,
}

/// What is done at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// What is available at the locations that serve the connection.
    Available,
    /// Less what is owed.
    Short,
    /// Of a bundle, instead of both: as many as the scarcest of its products makes.
    Bundle,
    /// Less the safety stock.
    SafetyStock,
    /// The percentage of what is left.
    Percentage,
    /// With what may be sold beyond the stock.
    PreOrder,
    /// Not more than the most to show.
    Maximum,
    /// 0 if that is fewer than the least to show.
    Minimum,
    /// 0 if it is paused.
    Paused,
    /// Not more than the channel itself takes.
    ChannelTakes,
    /// Its share, while the product is shared out.
    Share,
}

/// Where a number of the rule is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleSource {
    /// For the connection.
    Connection,
    /// For the product.
    Product,
    /// For the product on the connection.
    ProductOnConnection,
}

/// How a listing stands. One that nobody tells has no push.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum PublicationExplained {
    /// It was told what it should show.
    UpToDate(PushState),
    /// A push is on its way.
    Pending(PushState),
    /// It should rise, and waits until a person has decided about orders that may have sold some of it.
    OnHold {
        /// Which orders, and which of their lines.
        orders: Vec<BlockingOrder>,
        /// How its pushes go.
        #[serde(flatten)]
        push: PushState,
    },
    /// The last push failed.
    Failed(PushState),
    /// Nobody tells it, and that is as it should be.
    NotPublished {
        /// On whose word.
        reason: NotPublished,
    },
    /// What it should show is not known: a row cannot be read.
    Unknown,
}

/// How pushes go.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PushState {
    /// Whether what it was told last was worked out from the stock as it is now.
    pub up_to_date: bool,
    /// When a push last lowered it, UTC: it may rise again once orders up to then are taken in.
    #[schemars(with = "Option<String>")]
    pub lowered_at: Option<Timestamp>,
    /// The next push waits until then, UTC.
    #[schemars(with = "Option<String>")]
    pub postponed_until: Option<Timestamp>,
    /// A push holds it until then, UTC.
    #[schemars(with = "Option<String>")]
    pub lease_until: Option<Timestamp>,
    /// That push died: what the channel shows is not known until somebody looks.
    pub lease_expired: bool,
    /// The figure changed while that push was under way: it looks once more.
    pub recheck: bool,
    /// Failed pushes in a row.
    pub failures: u32,
    /// Why the last one failed.
    pub error: Option<String>,
}

pub(super) async fn explain(
    judge: &Judge<'_>,
    row: &ListingRow,
    now: Timestamp,
    noted: &mut Vec<Unreadable>,
) -> Result<ListingExplained> {
    let (world, present) = (judge.world, &judge.seen.present);
    let target = judge.target(row);
    let connection = judge.connections.known.get(&row.connection);
    // What is worked out from rows that cannot be read would be made up.
    let known = connection.filter(|_| target.is_some());
    let state = || PushState {
        up_to_date: row.told_version == Some(present.version),
        lowered_at: row.lowered_at,
        postponed_until: row.put_off_until.filter(|until| *until > now),
        lease_until: row.lease.as_ref().and(row.leased_until),
        lease_expired: row.lease.is_some() && row.leased_until.is_none_or(|until| until <= now),
        recheck: row.again,
        failures: row.failures,
        error: row.problem.clone(),
    };
    Ok(ListingExplained {
        connection: row.connection.clone(),
        channel: connection.map(|c| c.channel.clone()),
        offer: row.listing.offer.clone(),
        locations: connection.map(|c| c.locations.clone()).unwrap_or_default(),
        leads_stock: connection.is_some_and(|c| c.leads),
        counting: row.listing.counting,
        backorders: row.listing.backorders,
        parts: known.map(|c| parts(present, &c.locations)).unwrap_or_default(),
        steps: known.map(|c| steps(world, present, judge.outlets.as_ref(), row, c)).unwrap_or_default(),
        target_quantity: target,
        channel_locations: target.zip(connection).map(|(target, c)| places(world, present, c, target)).unwrap_or_default(),
        published_quantity: row.told,
        published_at: row.told_at,
        publication: match judge.standing(row, noted).await? {
            Publication::UpToDate { .. } => PublicationExplained::UpToDate(state()),
            Publication::Pending { .. } => PublicationExplained::Pending(state()),
            Publication::OnHold { orders, .. } => PublicationExplained::OnHold { orders, push: state() },
            Publication::Failed { .. } => PublicationExplained::Failed(state()),
            Publication::NotPublished { reason } => PublicationExplained::NotPublished { reason },
            Publication::Unknown => PublicationExplained::Unknown,
        },
    })
}

fn places(world: &Ports, present: &Present, connection: &ConnectionRow, target: Quantity) -> Vec<ChannelLocationExplained> {
    let places = at_channel_locations(world, present, connection, target).into_iter();
    places.map(|(location, target)| ChannelLocationExplained { location, target_quantity: target }).collect()
}

fn parts(present: &Present, locations: &[LocationId]) -> Vec<PartExplained> {
    let part = |(component, (units, part)): (&domain::Component, &(Quantity, Present))| {
        let free = part.free(locations);
        PartExplained {
            sku: component.sku.clone(),
            units: *units,
            available: free,
            yields: free.div_euclid(units.units().max(1)),
        }
    };
    present.components.iter().zip(&present.parts).map(part).collect()
}

fn steps(
    world: &Ports,
    present: &Present,
    outlets: Option<&Outlets>,
    row: &ListingRow,
    connection: &ConnectionRow,
) -> Vec<StepExplained> {
    let plain = |step, setting, units| StepExplained { step, setting, set_by: None, units };
    let free = present.free(&connection.locations);
    let mut steps = if present.parts.is_empty() {
        let short = present.short.units();
        vec![plain(Step::Available, None, free + short), plain(Step::Short, Some(short), free)]
    } else {
        vec![plain(Step::Bundle, None, free)]
    };
    let rule = rule(present, connection);
    let (product, here) = (present.rules.change(None), present.rules.change(Some(&connection.id)));
    steps.extend(rule.steps(free).into_iter().map(|(step, units)| {
        let (step, setting) = setting(step, &rule);
        let from = whence(said(&here, step), said(&product, step));
        StepExplained { step, setting, set_by: Some(from), units }
    }));
    if let Some(most) = takes(world, connection) {
        steps.push(plain(Step::ChannelTakes, Some(most.units()), figure(world, present, connection).units()));
    }
    if let Some(share) = outlets.and_then(|outlets| outlets.share(row)) {
        // Every connection has a part, whether anybody said it or not.
        let from = whence(here.weight.is_some(), product.weight.is_some());
        let is_usual = from == RuleSource::Connection && rule.weight == StockRule::default().weight;
        steps.push(StepExplained {
            set_by: Some(from).filter(|_| !is_usual),
            ..plain(Step::Share, Some(i64::from(rule.weight)), share.units())
        });
    }
    steps
}

fn whence(here: bool, product: bool) -> RuleSource {
    match (here, product) {
        (true, _) => RuleSource::ProductOnConnection,
        (false, true) => RuleSource::Product,
        (false, false) => RuleSource::Connection,
    }
}

fn setting(step: RuleStep, rule: &StockRule) -> (Step, Option<i64>) {
    match step {
        RuleStep::SafetyStock => (Step::SafetyStock, Some(rule.safety_stock.units())),
        RuleStep::Percentage => (Step::Percentage, Some(rule.percentage.into())),
        RuleStep::PreOrder => (Step::PreOrder, Some(rule.pre_order.units())),
        RuleStep::Maximum => (Step::Maximum, rule.maximum.map(Quantity::units)),
        RuleStep::Minimum => (Step::Minimum, Some(rule.minimum.units())),
        RuleStep::Paused => (Step::Paused, Some(i64::from(rule.paused))),
    }
}

fn said(change: &RuleChange, step: Step) -> bool {
    match step {
        Step::SafetyStock => change.safety_stock.is_some(),
        Step::Percentage => change.percentage.is_some(),
        Step::PreOrder => change.pre_order.is_some(),
        Step::Maximum => change.maximum.is_some(),
        Step::Minimum => change.minimum.is_some(),
        Step::Paused => change.paused.is_some(),
        Step::Share => change.weight.is_some(),
        Step::Available | Step::Short | Step::Bundle | Step::ChannelTakes => false,
    }
}
