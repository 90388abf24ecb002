//! Connections that a person must look at.

use super::Unreadable;
use crate::Ports;
use crate::readable::{readable_connections, wanted};
use crate::rows::{AttentionSettingsRow, HealthRow};
use domain::{ConnectionId, Failing, Task};
use jiff::{SignedDuration, Timestamp};
use ports::Result;

/// One of them, by what has failed longest.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct FailingConnection {
    /// Which.
    pub connection: ConnectionId,
    /// What fails.
    pub task: Task,
    /// Since when, UTC.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// What sort of failure, in one word: `unauthorized`, `held_back`.
    pub error: String,
    /// What happened and what to do.
    pub message: String,
}

/// All of them, by name. Rows that cannot be read are added to `lost`.
pub(super) async fn failing(world: &Ports, lost: &mut Vec<Unreadable>) -> Result<Vec<FailingConnection>> {
    let settings: Option<AttentionSettingsRow> = world.get(&AttentionSettingsRow::key()).await?;
    let after = settings.unwrap_or_default().failing_after();
    let (rows, unreadable) = readable_connections(world).await?;
    lost.extend(unreadable);
    let mut found = Vec::new();
    for row in rows {
        let health = wanted::<HealthRow>(world, &HealthRow::key(&row.id), lost).await?.read();
        let Some((task, failing)) = health.and_then(|health| worst(&health, after, world.clock.now())) else { continue };
        let Failing { since, kind: error, words: message, .. } = failing;
        found.push(FailingConnection { connection: row.id, task, since, error, message });
    }
    Ok(found)
}

fn worst(row: &HealthRow, after: SignedDuration, now: Timestamp) -> Option<(Task, Failing)> {
    let lasts = |failing: &Failing| failing.needs_a_person() || now.duration_since(failing.since) >= after;
    let all = Task::ALL.into_iter().filter_map(|task| Some((task, row.health.0.get(&task)?.fails(after)?)));
    all.filter(|(_, failing)| lasts(failing)).min_by_key(|(_, failing)| failing.since)
}
