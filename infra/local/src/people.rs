//! Who may sign in: a table of its own beside the books, so that a play that begins anew, or books put back from a backup, change nobody's
//! rights.

use crate::nobody::Nobody;
use crate::state::StateFolder;
use crate::table;
use api::access::People;
use aws::{Client, RandomIds, Reach, SystemClock};
use domain::Role;
use engine::Ports;
use ports::{Error, ErrorKind, Result, Table};
use std::sync::Arc;

/// The file's name in the state folder.
pub(crate) const FILE: &str = "people.db";

/// Opens it, or makes it.
pub(crate) async fn open(state: &StateFolder) -> Result<Arc<dyn Table>> {
    Ok(Arc::new(table::open(&state.file(FILE)).await?))
}

/// Those of a state folder in which no stack runs.
pub(crate) async fn beside(state: &StateFolder) -> Result<People> {
    let table = open(state).await?;
    let world = Ports {
        table: Arc::clone(&table),
        queue: Arc::new(Nobody),
        bus: Arc::new(Nobody),
        http: Arc::new(Client::new(Reach::AndLoopback)?),
        secrets: Arc::new(config::ConfiguredSecrets::default()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds::new()),
        connectors: Arc::new(connectors::Registry),
    };
    Ok(People::new(&world, table))
}

/// Refuses where nobody could sign in who may do everything.
pub(crate) async fn must_have_an_owner(state: &StateFolder) -> Result<()> {
    if beside(state).await?.users().await?.iter().any(|user| user.role == Role::Owner) {
        return Ok(());
    }
    let message = "with --expose everybody signs in, and nobody can yet: first `sluis users add NAME --role owner`, which asks for a password \
                   (docs/guides/users.md)";
    Err(Error::new(ErrorKind::Configuration, "expose", message))
}
