//! The figure a channel should show, as the rule leads to it, and what the channel was told.

use super::super::standing::{Judge, Standing};
use crate::World;
use crate::publish_stock::{NotTold, Outlets, Present, at_places, figure, rule, takes};
use crate::rows::{ConnectionRow, ListingRow};
use domain::{ChannelId, ConnectionId, Counting, LocationId, OfferId, Quantity, RuleChange, RuleStep, Sku, StockRule};
use jiff::Timestamp;

/// An article on one channel, explained.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ListingExplained {
    /// The channel account.
    pub connection: ConnectionId,
    /// Its channel; none if the connection is no longer configured.
    pub channel: Option<ChannelId>,
    /// The item there.
    pub offer: OfferId,
    /// The locations that serve it, the preferred one first.
    pub locations: Vec<LocationId>,
    /// Whether its shop leads the stock: it is shown all there is, and what its staff change there is a correction.
    #[serde(default)]
    pub leads: bool,
    /// Whether the channel tracks its stock, as seen last. Where it does not, it is told nothing unless a rule says so.
    #[serde(default)]
    pub counting: Counting,
    /// The channel sells it on when none is left, by the merchant's own will there: it can sell what other channels sold.
    #[serde(default)]
    pub backorders: bool,
    /// Of a bundle: the articles in it. The scarcest decides.
    pub parts: Vec<PartExplained>,
    /// From what is there to what is to be shown, step by step. None if the connection is no longer configured, or a row cannot be read.
    pub steps: Vec<StepExplained>,
    /// The figure it should show now; while it is shared out, what it may sell at most. Of a listing that is not told: what it would be told.
    /// None as with the steps.
    pub target: Option<Quantity>,
    /// How that is spread over the channel's own locations, by the merchant's. None on a channel, or a connection, without.
    #[serde(default)]
    pub places: Vec<PlaceExplained>,
    /// The figure it acknowledged last; none if it was never told, or its last answer is unknown.
    pub told: Option<Quantity>,
    /// When, UTC.
    #[schemars(with = "Option<String>")]
    pub told_at: Option<Timestamp>,
    /// How it stands, and how its pushes go.
    pub push: PushExplained,
}

/// What one of the channel's locations is to show.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PlaceExplained {
    /// The merchant's location that it stands for.
    pub location: LocationId,
    /// Units.
    pub target: Quantity,
}

/// An article in a bundle.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PartExplained {
    /// The article.
    pub sku: Sku,
    /// How many of it are in one bundle.
    pub units: Quantity,
    /// How many of it can be promised at the locations that serve the connection, less what is owed.
    pub free: i64,
    /// How many bundles that makes.
    pub makes: i64,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct StepExplained {
    /// What is done.
    pub step: Step,
    /// By which number of the rule, where it has one: units, percent, or 1 for a pause.
    pub setting: Option<i64>,
    /// Where that is said, where it is a rule's.
    pub from: Option<Whence>,
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
    /// Of a bundle, instead of both: as many as the scarcest of its articles makes.
    Bundle,
    /// Less the safety stock.
    SafetyStock,
    /// The percentage of what is left.
    Percent,
    /// With what may be sold beyond the stock.
    PreOrder,
    /// Not more than the most to show.
    MostShown,
    /// 0 if that is fewer than the least to show.
    LeastShown,
    /// 0 if it is paused.
    Paused,
    /// Not more than the channel itself takes.
    ChannelTakes,
    /// Its share, while the article is shared out.
    Share,
}

/// Where a number of the rule is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whence {
    /// For the connection.
    Connection,
    /// For the article.
    Article,
    /// For the article on the connection.
    ArticleHere,
}

/// How a listing stands. One that nobody tells has no push.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "shown")]
pub enum PushExplained {
    /// It was told what it should show.
    Right(PushState),
    /// A push is on its way.
    Pending(PushState),
    /// The last push failed.
    Problem(PushState),
    /// Nobody tells it, and that is as it should be.
    NotTold {
        /// On whose word.
        why: NotTold,
    },
    /// What it should show is not known: a row cannot be read.
    Unknown,
}

/// How pushes go.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PushState {
    /// Whether what it was told last was worked out from the stock as it is now.
    pub told_of_now: bool,
    /// When a push last lowered it, UTC: it may rise again once orders up to then are taken in.
    #[schemars(with = "Option<String>")]
    pub lowered_at: Option<Timestamp>,
    /// The next push waits until then, UTC.
    #[schemars(with = "Option<String>")]
    pub put_off_until: Option<Timestamp>,
    /// A push holds it until then, UTC.
    #[schemars(with = "Option<String>")]
    pub held_until: Option<Timestamp>,
    /// That push died: what the channel shows is not known until somebody looks.
    pub holder_died: bool,
    /// The figure changed while that push was under way: it looks once more.
    pub look_again: bool,
    /// Failed pushes in a row.
    pub failures: u32,
    /// Why the last one failed.
    pub problem: Option<String>,
}

pub(super) fn explain(judge: &Judge<'_>, row: &ListingRow, now: Timestamp) -> ListingExplained {
    let (world, present) = (judge.world, &judge.seen.present);
    let target = judge.target(row);
    let connection = judge.connections.known.get(&row.connection);
    // What is worked out from rows that cannot be read would be made up.
    let known = connection.filter(|_| target.is_some());
    let state = || PushState {
        told_of_now: row.told_version == Some(present.version),
        lowered_at: row.lowered_at,
        put_off_until: row.put_off_until.filter(|until| *until > now),
        held_until: row.lease.as_ref().and(row.leased_until),
        holder_died: row.lease.is_some() && row.leased_until.is_none_or(|until| until <= now),
        look_again: row.again,
        failures: row.failures,
        problem: row.problem.clone(),
    };
    ListingExplained {
        connection: row.connection.clone(),
        channel: connection.map(|c| c.channel.clone()),
        offer: row.listing.offer.clone(),
        locations: connection.map(|c| c.locations.clone()).unwrap_or_default(),
        leads: connection.is_some_and(|c| c.leads),
        counting: row.listing.counting,
        backorders: row.listing.backorders,
        parts: known.map(|c| parts(present, &c.locations)).unwrap_or_default(),
        steps: known.map(|c| steps(world, present, judge.outlets.as_ref(), row, c)).unwrap_or_default(),
        target,
        places: target.zip(connection).map(|(target, c)| places(world, present, c, target)).unwrap_or_default(),
        told: row.told,
        told_at: row.told_at,
        push: match judge.standing(row) {
            Standing::Right { .. } => PushExplained::Right(state()),
            Standing::Pending { .. } => PushExplained::Pending(state()),
            Standing::Problem { .. } => PushExplained::Problem(state()),
            Standing::NotTold { why } => PushExplained::NotTold { why },
            Standing::Unknown => PushExplained::Unknown,
        },
    }
}

fn places(world: &World, present: &Present, connection: &ConnectionRow, target: Quantity) -> Vec<PlaceExplained> {
    let places = at_places(world, present, connection, target).into_iter();
    places.map(|(location, target)| PlaceExplained { location, target }).collect()
}

fn parts(present: &Present, locations: &[LocationId]) -> Vec<PartExplained> {
    let part = |(component, (units, part)): (&domain::Component, &(Quantity, Present))| {
        let free = part.free(locations);
        PartExplained { sku: component.sku.clone(), units: *units, free, makes: free.div_euclid(units.units().max(1)) }
    };
    present.components.iter().zip(&present.parts).map(part).collect()
}

fn steps(
    world: &World,
    present: &Present,
    outlets: Option<&Outlets>,
    row: &ListingRow,
    connection: &ConnectionRow,
) -> Vec<StepExplained> {
    let plain = |step, setting, units| StepExplained { step, setting, from: None, units };
    let free = present.free(&connection.locations);
    let mut steps = if present.parts.is_empty() {
        let short = present.short.units();
        vec![plain(Step::Available, None, free + short), plain(Step::Short, Some(short), free)]
    } else {
        vec![plain(Step::Bundle, None, free)]
    };
    let rule = rule(present, connection);
    let (article, here) = (present.rules.change(None), present.rules.change(Some(&connection.id)));
    steps.extend(rule.steps(free).into_iter().map(|(step, units)| {
        let (step, setting) = setting(step, &rule);
        let from = whence(said(&here, step), said(&article, step));
        StepExplained { step, setting, from: Some(from), units }
    }));
    if let Some(most) = takes(world, connection) {
        steps.push(plain(Step::ChannelTakes, Some(most.units()), figure(world, present, connection).units()));
    }
    if let Some(share) = outlets.and_then(|outlets| outlets.share(row)) {
        steps.push(StepExplained {
            from: Some(whence(here.share.is_some(), article.share.is_some())),
            ..plain(Step::Share, Some(i64::from(rule.share)), share.units())
        });
    }
    steps
}

fn whence(here: bool, article: bool) -> Whence {
    match (here, article) {
        (true, _) => Whence::ArticleHere,
        (false, true) => Whence::Article,
        (false, false) => Whence::Connection,
    }
}

fn setting(step: RuleStep, rule: &StockRule) -> (Step, Option<i64>) {
    match step {
        RuleStep::SafetyStock => (Step::SafetyStock, Some(rule.safety_stock.units())),
        RuleStep::Percent => (Step::Percent, Some(rule.percent.into())),
        RuleStep::PreOrder => (Step::PreOrder, Some(rule.pre_order.units())),
        RuleStep::MostShown => (Step::MostShown, rule.most_shown.map(Quantity::units)),
        RuleStep::LeastShown => (Step::LeastShown, Some(rule.least_shown.units())),
        RuleStep::Paused => (Step::Paused, Some(i64::from(rule.paused))),
    }
}

fn said(change: &RuleChange, step: Step) -> bool {
    match step {
        Step::SafetyStock => change.safety_stock.is_some(),
        Step::Percent => change.percent.is_some(),
        Step::PreOrder => change.pre_order.is_some(),
        Step::MostShown => change.most_shown.is_some(),
        Step::LeastShown => change.least_shown.is_some(),
        Step::Paused => change.paused.is_some(),
        Step::Share => change.share.is_some(),
        Step::Available | Step::Short | Step::Bundle | Step::ChannelTakes => false,
    }
}
