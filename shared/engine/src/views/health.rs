//! How each connection is doing.

use super::readable::wanted;
use super::{Unreadable, readable_connections};
use crate::World;
use crate::rows::{
    AttentionSettingsRow, ConnectionRow, CursorRow, GateRow, HealthRow, MatchingRow, RolloutRow, SubscriptionRow, TokenRow,
};
use domain::{ChannelId, ConnectionId, Duty, Publishing, Wellbeing};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ports::{ErrorKind, Lane, Result, TokenKind};

/// All connections.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Health {
    /// By name.
    pub connections: Vec<ConnectionHealth>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ConnectionHealth {
    /// Its name.
    pub connection: ConnectionId,
    /// Its channel.
    pub channel: ChannelId,
    /// The channel's name for people; none if this build does not know the channel.
    pub channel_title: Option<String>,
    /// What it is told figures of.
    pub publishes: Publishes,
    /// How it stands. `ok` only where its orders and its items were read lately, and nothing that was tried for it fails.
    pub state: Wellbeing,
    /// Since when something has failed, UTC; none: nothing is known to fail.
    #[schemars(with = "Option<String>")]
    pub failing_since: Option<Timestamp>,
    /// People were told that it fails, UTC, and not yet that it recovered; none: they need not know.
    #[schemars(with = "Option<String>")]
    pub told_failing_at: Option<Timestamp>,
    /// What is done for it, one by one.
    pub duties: Vec<DutyView>,
    /// Everything that changed on the channel before this instant (UTC) was read; none: never polled.
    #[schemars(with = "Option<String>")]
    pub orders_read_until: Option<Timestamp>,
    /// That, as an age in whole seconds.
    pub cursor_age_s: Option<i64>,
    /// A list of orders is being read page by page.
    pub list_under_way: bool,
    /// When the last order read began that found nothing new, UTC: figures lowered before may rise again.
    #[schemars(with = "Option<String>")]
    pub orders_settled_through: Option<Timestamp>,
    /// How far its items have been looked through; none: never.
    pub items: Option<ItemsHealth>,
    /// Settings changed, and the figures of all articles are to follow: how many are on their way; none: all of them.
    pub settings_under_way: Option<RolloutHealth>,
    /// Calls are held back; none: they are not.
    pub gate: Option<GateHealth>,
    /// The webhook subscription as last looked at; none: never.
    pub subscription: Option<SubscriptionHealth>,
    /// What kind of token it uses; none if this build does not know the channel.
    pub token: Option<TokenHealth>,
}

/// What a connection is told figures of, as the merchant wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "of")]
pub enum Publishes {
    /// All that is matched.
    All,
    /// Some articles: a pilot.
    Pilot {
        /// How many.
        articles: usize,
    },
    /// Nothing, on purpose: orders are taken in, and no figure is on its way.
    Nothing,
}

impl From<&Publishing> for Publishes {
    fn from(publishing: &Publishing) -> Self {
        match publishing {
            Publishing::All => Self::All,
            Publishing::Only { skus } => Self::Pilot { articles: skus.len() },
            Publishing::Nothing => Self::Nothing,
        }
    }
}

/// How far a connection's items have been looked through.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ItemsHealth {
    /// A list is being read, page by page.
    pub under_way: bool,
    /// Items of that list, or of the last one, that were looked at.
    pub looked_at: i64,
    /// When that list was begun, UTC.
    #[schemars(with = "Option<String>")]
    pub began_at: Option<Timestamp>,
    /// When a list was last read to its end, UTC.
    #[schemars(with = "Option<String>")]
    pub ended_at: Option<Timestamp>,
}

/// How far a change of settings is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct RolloutHealth {
    /// When the settings changed, UTC.
    #[schemars(with = "String")]
    pub changed_at: Timestamp,
    /// Articles whose figures are on their way.
    pub sent: i64,
    /// The last of them, in the order of their SKUs.
    pub through: Option<String>,
}

/// How one thing that is done for a connection goes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct DutyView {
    /// What.
    pub duty: Duty,
    /// How it stands. `unknown`: never tried, or not for too long.
    pub state: Wellbeing,
    /// When it last went well, UTC; none: never.
    #[schemars(with = "Option<String>")]
    pub good_at: Option<Timestamp>,
    /// That, as an age in whole seconds.
    pub good_age_s: Option<i64>,
    /// Since when it has failed, UTC; none: it went well when it was last tried, or was never tried.
    #[schemars(with = "Option<String>")]
    pub failing_since: Option<Timestamp>,
    /// What sort of failure, in one word: `unauthorized`, `held_back`.
    pub kind: Option<String>,
    /// What happened and what to do.
    pub words: Option<String>,
    /// Since when it has been held back without failing, UTC; none: it is not. One that lasts as long as a failure that people are told of
    /// is one.
    #[schemars(with = "Option<String>")]
    pub held_back_since: Option<Timestamp>,
    /// Why.
    pub held_back_because: Option<String>,
}

/// Calls are held back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct GateHealth {
    /// Until then, UTC.
    #[schemars(with = "String")]
    pub closed_until: Timestamp,
    /// Calls in a row without an answer.
    pub unanswered: i64,
    /// Why.
    pub reason: String,
}

/// A webhook subscription.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct SubscriptionHealth {
    /// When it was looked at, UTC.
    #[schemars(with = "String")]
    pub checked_at: Timestamp,
    /// Topics that were in place.
    pub fine: Vec<String>,
    /// Topics that were missing and have been made.
    pub made: Vec<String>,
    /// Topics that were off, or pointed elsewhere, and have been mended.
    pub mended: Vec<String>,
}

/// A token, without itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct TokenHealth {
    /// How long it lives.
    pub sort: TokenSort,
    /// When the present one ends, UTC; none if there is none or it does not end, and on AWS, where whoever serves people sees no tokens.
    #[schemars(with = "Option<String>")]
    pub ends_at: Option<Timestamp>,
}

/// How long a token lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenSort {
    /// Credentials are sent as they are.
    Static,
    /// Fetched, valid for a while.
    Expiring,
    /// As `expiring`, and every refresh kills the one before.
    Rotating,
}

/// How all connections are doing.
pub async fn health(world: &World) -> Result<Health> {
    let settings: Option<AttentionSettingsRow> = world.get(&AttentionSettingsRow::key()).await?;
    let after = settings.unwrap_or_default().failing_after();
    let (rows, mut unreadable) = readable_connections(world).await?;
    let mut connections = Vec::new();
    for read in join_all(rows.into_iter().map(|row| one(world, row, after))).await {
        let (health, lost) = read?;
        connections.push(health);
        unreadable.extend(lost);
    }
    // The row of a change that holds for all is read for each.
    unreadable.sort_by(|a, b| a.key.cmp(&b.key));
    unreadable.dedup();
    Ok(Health { connections, unreadable })
}

/// The token, where whoever serves people may see tokens: on AWS they may not.
async fn token(world: &World, id: &ConnectionId, lost: &mut Vec<Unreadable>) -> Result<Option<TokenRow>> {
    match wanted::<TokenRow>(world, &TokenRow::key(id), lost).await {
        Err(error) if error.kind == ErrorKind::Forbidden => Ok(None),
        read => Ok(read?.read()),
    }
}

async fn one(world: &World, row: ConnectionRow, after: SignedDuration) -> Result<(ConnectionHealth, Vec<Unreadable>)> {
    let now = world.clock.now();
    let id = &row.id;
    let mut lost = Vec::new();
    let cursor = wanted::<CursorRow>(world, &CursorRow::key(id), &mut lost).await?.read();
    let health = wanted::<HealthRow>(world, &HealthRow::key(id), &mut lost).await?.read();
    let health = health.unwrap_or_else(|| HealthRow::fresh(id.clone()));
    let gate = wanted::<GateRow>(world, &GateRow::key(id), &mut lost).await?.read();
    let matching = wanted::<MatchingRow>(world, &MatchingRow::key(id), &mut lost).await?.read();
    let rollout = rollout(world, id, &mut lost).await?;
    let subscription = wanted::<SubscriptionRow>(world, &SubscriptionRow::key(id), &mut lost).await?.read();
    let descriptor = world.channels.get(&row.channel).map(ports::Channel::descriptor);
    let token = match descriptor.map(|d| d.token) {
        None => None,
        Some(TokenKind::Static) => Some(TokenHealth { sort: TokenSort::Static, ends_at: None }),
        Some(kind) => {
            let kept = token(world, id, &mut lost).await?;
            let sort = if kind == TokenKind::Rotating { TokenSort::Rotating } else { TokenSort::Expiring };
            Some(TokenHealth { sort, ends_at: kept.and_then(|t| t.token).map(|t| t.expires_at) })
        }
    };
    let state = match health.health.stands(after, now) {
        // Nobody knows what the row would say.
        Wellbeing::Ok if !lost.is_empty() => Wellbeing::Unknown,
        state => state,
    };
    let health = ConnectionHealth {
        channel_title: descriptor.map(|d| d.title.to_owned()),
        publishes: Publishes::from(&row.publishing),
        state,
        failing_since: health.health.worst(after, now).map(|(_, failing)| failing.since),
        told_failing_at: health.told_at,
        duties: Duty::ALL.into_iter().map(|duty| of_duty(&health, duty, after, now)).collect(),
        orders_read_until: cursor.as_ref().map(|c| c.since),
        cursor_age_s: cursor.as_ref().map(|c| now.duration_since(c.since).as_secs()),
        list_under_way: cursor.as_ref().is_some_and(|c| c.under_way.is_some()),
        orders_settled_through: cursor.as_ref().and_then(|c| c.settled_through),
        items: matching.map(|row| ItemsHealth {
            under_way: row.page.is_some(),
            looked_at: row.looked_at,
            began_at: row.began_at,
            ended_at: row.ended_at,
        }),
        settings_under_way: rollout.map(RolloutHealth::from),
        gate: gate.and_then(|gate| gate_health(&gate, now)),
        subscription: subscription.map(|s| SubscriptionHealth {
            checked_at: s.checked_at,
            fine: s.state.fine,
            made: s.state.made,
            mended: s.state.mended,
        }),
        token,
        connection: row.id,
        channel: row.channel,
    };
    Ok((health, lost))
}

/// How far a change of settings of a connection is; none: all figures are on their way.
pub async fn settings_under_way(world: &World, connection: &ConnectionId) -> Result<Option<RolloutHealth>> {
    let mut lost = Vec::new();
    Ok(rollout(world, connection, &mut lost).await?.map(RolloutHealth::from))
}

/// Its own change, or one that holds for all connections.
async fn rollout(world: &World, id: &ConnectionId, lost: &mut Vec<Unreadable>) -> Result<Option<RolloutRow>> {
    match wanted::<RolloutRow>(world, &RolloutRow::key(Some(id)), lost).await?.read() {
        Some(own) => Ok(Some(own)),
        None => Ok(wanted::<RolloutRow>(world, &RolloutRow::key(None), lost).await?.read()),
    }
}

impl From<RolloutRow> for RolloutHealth {
    fn from(row: RolloutRow) -> Self {
        Self { changed_at: row.asked_at, sent: row.sent, through: row.reached }
    }
}

/// Raises that wait for their turn are no news; a limit that is used up for all is.
fn gate_health(gate: &GateRow, now: Timestamp) -> Option<GateHealth> {
    let closed = gate.closed_until.map(|until| (until, gate.reason.clone()));
    let used_up = gate.held.iter().filter(|((_, from), _)| *from == Lane::Lowers);
    let used_up = used_up.map(|((bucket, _), until)| (*until, format!("the channel asked for a pause (`{bucket}`)")));
    let (closed_until, reason) =
        closed.into_iter().chain(used_up).filter(|(until, _)| *until > now).max_by_key(|(until, _)| *until)?;
    Some(GateHealth { closed_until, unanswered: gate.unanswered, reason })
}

fn of_duty(row: &HealthRow, duty: Duty, after: SignedDuration, now: Timestamp) -> DutyView {
    let one = row.health.0.get(&duty).cloned().unwrap_or_default();
    let state = one.stands(duty, after, now);
    let good_at = one.good_at.map(|at| at.min(now));
    let fails = one.fails(after);
    let waits = one.held.filter(|_| fails.is_none());
    let (kind, words) = (fails.as_ref().map(|failing| failing.kind.clone()), fails.as_ref().map(|failing| failing.words.clone()));
    DutyView {
        duty,
        state,
        good_at,
        good_age_s: good_at.map(|at| now.duration_since(at).as_secs()),
        failing_since: fails.map(|failing| failing.since),
        kind,
        words,
        held_back_since: waits.as_ref().map(|held| held.since),
        held_back_because: waits.map(|held| held.words),
    }
}
