//! Noting how calls to a connection went, for functions.

use domain::{ConnectionId, Task, Tried};
use engine::{Cache, Ports};

/// Notes it; that it could not be noted is for the log alone.
pub async fn note_health(world: &Ports, lookup: &Cache, connection: &ConnectionId, duty: Task, tried: Tried) {
    if let Err(error) = engine::note_health(world, lookup, connection, duty, tried).await {
        tracing::warn!(%connection, operation = error.operation, kind = ?error.kind, detail = error.detail, "health was not noted");
    }
}
