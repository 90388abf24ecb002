//! How each connection is doing.

use super::{Unreadable, readable_connections};
use crate::World;
use crate::rows::{
    AttentionSettingsRow, ConnectionRow, CursorRow, GateRow, HealthRow, MatchingRow, RolloutRow, SubscriptionRow, TokenRow,
};
use domain::{ChannelId, ConnectionId, Duty, Wellbeing};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ports::{Lane, Result, TokenKind};

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
    /// When the present one ends, UTC; none if there is none or it does not end.
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
    let read = rows.into_iter().map(|row| async {
        let id = row.id.clone();
        (id, one(world, row, after).await)
    });
    let mut connections = Vec::new();
    for (id, read) in join_all(read).await {
        match read {
            Ok(health) => connections.push(health),
            Err(error) => unreadable.push(Unreadable::of(format!("connection {id}"), &error).ok_or(error)?),
        }
    }
    Ok(Health { connections, unreadable })
}

async fn one(world: &World, row: ConnectionRow, after: SignedDuration) -> Result<ConnectionHealth> {
    let now = world.clock.now();
    let id = &row.id;
    let cursor: Option<CursorRow> = world.get(&CursorRow::key(id)).await?;
    let health: Option<HealthRow> = world.get(&HealthRow::key(id)).await?;
    let health = health.unwrap_or_else(|| HealthRow::fresh(id.clone()));
    let gate: Option<GateRow> = world.get(&GateRow::key(id)).await?;
    let matching: Option<MatchingRow> = world.get(&MatchingRow::key(id)).await?;
    let rollout = match world.get::<RolloutRow>(&RolloutRow::key(Some(id))).await? {
        Some(own) => Some(own),
        None => world.get::<RolloutRow>(&RolloutRow::key(None)).await?,
    };
    let subscription: Option<SubscriptionRow> = world.get(&SubscriptionRow::key(id)).await?;
    let descriptor = world.channels.get(&row.channel).map(ports::Channel::descriptor);
    let token = match descriptor.map(|d| d.token) {
        None => None,
        Some(TokenKind::Static) => Some(TokenHealth { sort: TokenSort::Static, ends_at: None }),
        Some(kind) => {
            let kept: Option<TokenRow> = world.get(&TokenRow::key(id)).await?;
            let sort = if kind == TokenKind::Rotating { TokenSort::Rotating } else { TokenSort::Expiring };
            Some(TokenHealth { sort, ends_at: kept.and_then(|t| t.token).map(|t| t.expires_at) })
        }
    };
    Ok(ConnectionHealth {
        channel_title: descriptor.map(|d| d.title.to_owned()),
        state: health.health.stands(after, now),
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
        settings_under_way: rollout.map(|row| RolloutHealth { changed_at: row.asked_at, sent: row.sent, through: row.reached }),
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
    })
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
