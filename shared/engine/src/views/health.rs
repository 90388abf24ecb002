//! How each connection is doing.

use super::{ConnectionCheck, Unreadable, readable_connections};
use crate::Ports;
use crate::readable::wanted;
use crate::rows::{
    AttentionSettingsRow, CircuitRow, ConnectionRow, CursorRow, HealthRow, MatchingRow, RolloutRow, SubscriptionRow, TokenRow,
};
use domain::{ChannelId, ConnectionId, HealthStatus, Publishing, Task};
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
    pub publishing: PublishingScope,
    /// How it stands. `ok` only where its orders and its listings were read lately, and nothing that was tried for it fails.
    pub status: HealthStatus,
    /// Since when something has failed, UTC; none: nothing is known to fail.
    #[schemars(with = "Option<String>")]
    pub failing_since: Option<Timestamp>,
    /// People were told that it fails, UTC, and not yet that it recovered; none: they need not know.
    #[schemars(with = "Option<String>")]
    pub alerted_at: Option<Timestamp>,
    /// What is done for it, one by one.
    pub tasks: Vec<TaskHealth>,
    /// Everything that changed on the channel before this instant (UTC) was read; none: never polled.
    #[schemars(with = "Option<String>")]
    pub orders_read_until: Option<Timestamp>,
    /// That, as an age in whole seconds.
    pub cursor_age_s: Option<i64>,
    /// A list of orders is being read page by page.
    pub order_list_running: bool,
    /// When the last order read began that found nothing new, UTC: figures lowered before may rise again.
    #[schemars(with = "Option<String>")]
    pub orders_settled_through: Option<Timestamp>,
    /// How far its listings have been looked through; none: never.
    pub listings: Option<ListingsHealth>,
    /// Settings changed, and the figures of all products are to follow: how many are on their way; none: all of them.
    pub rollout: Option<RolloutHealth>,
    /// Calls are held back; none: they are not.
    pub circuit: Option<CircuitHealth>,
    /// The webhook subscription as last looked at; none: never.
    pub subscription: Option<SubscriptionHealth>,
    /// What kind of token it uses; none if this build does not know the channel.
    pub token: Option<TokenHealth>,
    /// What the last look at its credentials found; none: they were never looked at.
    #[serde(default)]
    pub check: Option<ConnectionCheck>,
}

/// What a connection is told figures of, as the merchant wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum PublishingScope {
    /// All that is matched.
    All,
    /// Selected products only.
    Selected {
        /// How many.
        products: usize,
    },
    /// Nothing, on purpose: orders are taken in, and no figure is on its way.
    None,
}

impl From<&Publishing> for PublishingScope {
    fn from(publishing: &Publishing) -> Self {
        match publishing {
            Publishing::All => Self::All,
            Publishing::Selected { skus } => Self::Selected { products: skus.len() },
            Publishing::None => Self::None,
        }
    }
}

/// How far a connection's listings have been looked through.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ListingsHealth {
    /// A list is being read, page by page.
    pub running: bool,
    /// Listings of that list, or of the last one, that were looked at.
    pub checked: i64,
    /// When that list was begun, UTC.
    #[schemars(with = "Option<String>")]
    pub started_at: Option<Timestamp>,
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
    /// Products whose figures are on their way.
    pub products_sent: i64,
    /// The last of them, in the order of their SKUs.
    pub up_to_sku: Option<String>,
}

/// How one thing that is done for a connection goes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct TaskHealth {
    /// What.
    pub task: Task,
    /// How it stands. `unknown`: never tried, or not for too long.
    pub status: HealthStatus,
    /// When it last went well, UTC; none: never.
    #[schemars(with = "Option<String>")]
    pub succeeded_at: Option<Timestamp>,
    /// That, as an age in whole seconds.
    pub succeeded_age_s: Option<i64>,
    /// Since when it has failed, UTC; none: it went well when it was last tried, or was never tried.
    #[schemars(with = "Option<String>")]
    pub failing_since: Option<Timestamp>,
    /// What sort of failure, in one word: `unauthorized`, `held_back`.
    pub error: Option<String>,
    /// What happened and what to do.
    pub message: Option<String>,
    /// Since when it has been held back without failing, UTC; none: it is not. One that lasts as long as a failure that people are told of
    /// is one.
    #[schemars(with = "Option<String>")]
    pub paused_since: Option<Timestamp>,
    /// Why.
    pub paused_reason: Option<String>,
}

/// Calls are held back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct CircuitHealth {
    /// Until then, UTC.
    #[schemars(with = "String")]
    pub open_until: Timestamp,
    /// Calls in a row without an answer.
    pub failures: i64,
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
    pub valid: Vec<String>,
    /// Topics that were missing and have been made.
    pub created: Vec<String>,
    /// Topics that were off, or pointed elsewhere, and have been repaired.
    pub repaired: Vec<String>,
}

/// A token, without itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct TokenHealth {
    /// How long it lives.
    pub lifetime: TokenLifetime,
    /// When the present one ends, UTC; none if there is none or it does not end, and on AWS, where whoever serves people sees no tokens.
    #[schemars(with = "Option<String>")]
    pub expires_at: Option<Timestamp>,
}

/// How long a token lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenLifetime {
    /// Credentials are sent as they are.
    Static,
    /// Fetched, valid for a while.
    Expiring,
    /// As `expiring`, and every refresh kills the one before.
    Rotating,
}

/// How all connections are doing.
pub async fn health(world: &Ports) -> Result<Health> {
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
async fn token(world: &Ports, id: &ConnectionId, lost: &mut Vec<Unreadable>) -> Result<Option<TokenRow>> {
    match wanted::<TokenRow>(world, &TokenRow::key(id), lost).await {
        Err(error) if error.kind == ErrorKind::Forbidden => Ok(None),
        read => Ok(read?.read()),
    }
}

async fn one(world: &Ports, row: ConnectionRow, after: SignedDuration) -> Result<(ConnectionHealth, Vec<Unreadable>)> {
    let now = world.clock.now();
    let id = &row.id;
    let mut lost = Vec::new();
    let cursor = wanted::<CursorRow>(world, &CursorRow::key(id), &mut lost).await?.read();
    let health = wanted::<HealthRow>(world, &HealthRow::key(id), &mut lost).await?.read();
    let health = health.unwrap_or_else(|| HealthRow::fresh(id.clone()));
    let circuit = wanted::<CircuitRow>(world, &CircuitRow::key(id), &mut lost).await?.read();
    let matching = wanted::<MatchingRow>(world, &MatchingRow::key(id), &mut lost).await?.read();
    let rollout = rollout(world, id, &mut lost).await?;
    let subscription = wanted::<SubscriptionRow>(world, &SubscriptionRow::key(id), &mut lost).await?.read();
    let connector = world.connectors.get(&row.channel);
    let descriptor = connector.map(ports::Connector::descriptor);
    let token = match connector.map(|connector| connector.tokens().map(ports::Tokens::kind)) {
        None => None,
        Some(None) => Some(TokenHealth { lifetime: TokenLifetime::Static, expires_at: None }),
        Some(Some(kind)) => {
            let kept = token(world, id, &mut lost).await?;
            let sort = if kind == TokenKind::Rotating { TokenLifetime::Rotating } else { TokenLifetime::Expiring };
            Some(TokenHealth { lifetime: sort, expires_at: kept.and_then(|t| t.token).map(|t| t.expires_at) })
        }
    };
    let state = match health.health.stands(after, now) {
        // Nobody knows what the row would say.
        HealthStatus::Ok if !lost.is_empty() => HealthStatus::Unknown,
        state => state,
    };
    let check = health.check.is_some().then(|| ConnectionCheck::of(&health));
    let health = ConnectionHealth {
        channel_title: descriptor.map(|d| d.title.to_owned()),
        publishing: PublishingScope::from(&row.publishing),
        status: state,
        failing_since: health.health.worst(after, now).map(|(_, failing)| failing.since),
        alerted_at: health.told_at,
        tasks: Task::ALL.into_iter().map(|task| of_duty(&health, task, after, now)).collect(),
        orders_read_until: cursor.as_ref().map(|c| c.since),
        cursor_age_s: cursor.as_ref().map(|c| now.duration_since(c.since).as_secs()),
        order_list_running: cursor.as_ref().is_some_and(|c| c.under_way.is_some()),
        orders_settled_through: cursor.as_ref().and_then(|c| c.settled_through),
        listings: matching.map(|row| ListingsHealth {
            running: row.page.is_some(),
            checked: row.looked_at,
            started_at: row.began_at,
            ended_at: row.ended_at,
        }),
        rollout: rollout.map(RolloutHealth::from),
        circuit: circuit.and_then(|circuit| circuit_health(&circuit, now)),
        subscription: subscription.map(|s| SubscriptionHealth {
            checked_at: s.checked_at,
            valid: s.state.fine,
            created: s.state.made,
            repaired: s.state.mended,
        }),
        token,
        check,
        connection: row.id,
        channel: row.channel,
    };
    Ok((health, lost))
}

/// How far a change of settings of a connection is; none: all figures are on their way.
pub async fn settings_under_way(world: &Ports, connection: &ConnectionId) -> Result<Option<RolloutHealth>> {
    let mut lost = Vec::new();
    Ok(rollout(world, connection, &mut lost).await?.map(RolloutHealth::from))
}

/// Its own change, or one that holds for all connections.
async fn rollout(world: &Ports, id: &ConnectionId, lost: &mut Vec<Unreadable>) -> Result<Option<RolloutRow>> {
    match wanted::<RolloutRow>(world, &RolloutRow::key(Some(id)), lost).await?.read() {
        Some(own) => Ok(Some(own)),
        None => Ok(wanted::<RolloutRow>(world, &RolloutRow::key(None), lost).await?.read()),
    }
}

impl From<RolloutRow> for RolloutHealth {
    fn from(row: RolloutRow) -> Self {
        Self { changed_at: row.asked_at, products_sent: row.sent, up_to_sku: row.reached }
    }
}

/// Raises that wait for their turn are no news; a limit that is used up for all is.
fn circuit_health(circuit: &CircuitRow, now: Timestamp) -> Option<CircuitHealth> {
    let open = circuit.open_until.map(|until| (until, circuit.reason.clone()));
    let used_up = circuit.held.iter().filter(|((_, from), _)| *from == Lane::Lowers);
    let used_up = used_up.map(|((bucket, _), until)| (*until, format!("the channel asked for a pause (`{bucket}`)")));
    let (open_until, reason) =
        open.into_iter().chain(used_up).filter(|(until, _)| *until > now).max_by_key(|(until, _)| *until)?;
    Some(CircuitHealth { open_until, failures: circuit.unanswered, reason })
}

fn of_duty(row: &HealthRow, task: Task, after: SignedDuration, now: Timestamp) -> TaskHealth {
    let one = row.health.0.get(&task).cloned().unwrap_or_default();
    let state = one.stands(task, after, now);
    let good_at = one.good_at.map(|at| at.min(now));
    let fails = one.fails(after);
    let waits = one.held.filter(|_| fails.is_none());
    let (kind, words) = (fails.as_ref().map(|failing| failing.kind.clone()), fails.as_ref().map(|failing| failing.words.clone()));
    TaskHealth {
        task,
        status: state,
        succeeded_at: good_at,
        succeeded_age_s: good_at.map(|at| now.duration_since(at).as_secs()),
        failing_since: fails.map(|failing| failing.since),
        error: kind,
        message: words,
        paused_since: waits.as_ref().map(|held| held.since),
        paused_reason: waits.map(|held| held.words),
    }
}
