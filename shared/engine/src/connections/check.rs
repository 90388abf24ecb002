//! Looks at a connection's credentials: whether they are accepted, whose account they are of, and which rights they lack.
//!
//! Done when a connection is new, when its credentials or its settings changed, once a day, and when somebody asks: credentials that may read
//! and not write are known before the first order needs it.

use super::health::{read, tried_in_vain};
use crate::rows::{CheckOutcome, CredentialsCheck, HealthRow, Subject, in_a_word};
use crate::{Cache, ConnectorClient, Ports};
use domain::{ConnectionId, Task, Tried};
use jiff::Timestamp;
use ports::{Account, Error, ErrorKind, Result};

/// Tries to write a row that others write too.
const MOST_TRIES: u32 = 5;
/// What a right that is lacking is called in one word.
pub(crate) const MISSING_RIGHTS: &str = "missing_rights";

/// Whether a look is due, by what is known of the connection and by its credentials as they are now.
pub(crate) async fn is_due(world: &Ports, lookup: &Cache, row: &HealthRow) -> bool {
    // What cannot be had is not known to have changed.
    let marked = lookup.account(world, &row.connection).await.ok().map(|account| mark(&account));
    row.check_is_due(marked, world.clock.now())
}

/// By this changed credentials are noticed, and nobody finds them out: 16 bits of all that a call is made with, the same for one in 65,536
/// others. What is not noticed is looked at within a day.
fn mark(account: &Account) -> u16 {
    let mut parts = vec![account.channel.as_str(), account.base_url.as_str()];
    parts.extend(account.settings.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]));
    parts.extend(account.credentials.iter().flat_map(|(name, secret)| [name.as_str(), secret.expose()]));
    u16::try_from(domain::fingerprint(&parts) & u64::from(u16::MAX)).unwrap_or_default()
}

/// Looks, and notes what was found; a right that is lacking is parked for a person. `None`: calls to the channel are held back, so it is
/// looked at later.
pub async fn check_connection(world: &Ports, lookup: &Cache, connection: &ConnectionId) -> Result<Option<CheckOutcome>> {
    let at = world.clock.now();
    let account = lookup.account(world, connection).await;
    let marked = account.as_ref().ok().map(|account| mark(account));
    let verified = match account {
        Ok(_) => ConnectorClient::open(world, lookup, connection).await?.verify().await,
        Err(error) => Err(error),
    };
    let (outcome, tried) = match verified {
        Ok(verified) if verified.missing_rights.is_empty() => (CheckOutcome::from(verified), Some(Tried::Well)),
        Ok(verified) => {
            let words = lacks(&verified.missing_rights);
            (CheckOutcome::from(verified), Some(Tried::Failed { kind: MISSING_RIGHTS, words }))
        }
        // Calls are held back because they were refused: then that is known without a further one.
        Err(error) if error.kind == ErrorKind::RateLimited => match refused(world, connection).await? {
            Some(outcome) => (outcome, None),
            None => return Ok(None),
        },
        Err(error) if is_about_them(&error) => (CheckOutcome::rejected(&error), Some(tried_in_vain(&error))),
        // That the channel does not answer says nothing of them, and is told of with its orders.
        Err(error) => (CheckOutcome::unknown(&error), None),
    };
    note(world, connection, &CredentialsCheck { at, mark: marked, outcome: outcome.clone() }, tried.as_ref()).await?;
    if let CheckOutcome::Accepted { missing_rights, .. } = &outcome
        && !missing_rights.is_empty()
    {
        let subject = Subject::MissingRights { rights: missing_rights.clone() };
        world.park(Some(connection), subject, &lacks(missing_rights), "").await?;
    }
    Ok(Some(outcome))
}

/// What is said of rights that are lacking.
pub fn lacks(rights: &[String]) -> String {
    format!(
        "the credentials are accepted and lack {}; give them what they lack, in the settings of the channel, and have the connection checked again",
        rights.join(", ")
    )
}

/// That the channel refuses the credentials, where it did so when its orders were last to be read.
async fn refused(world: &Ports, connection: &ConnectionId) -> Result<Option<CheckOutcome>> {
    let row = read(world, connection).await?;
    let failing = row.health.0.get(&Task::Orders).and_then(|orders| orders.failing.clone());
    let failing = failing.filter(|failing| failing.kind == in_a_word(ErrorKind::Unauthorized));
    Ok(failing.map(|failing| CheckOutcome::Rejected { error: failing.kind, message: failing.words }))
}

fn is_about_them(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Configuration)
}

async fn note(world: &Ports, connection: &ConnectionId, check: &CredentialsCheck, tried: Option<&Tried>) -> Result<()> {
    for _ in 0..MOST_TRIES {
        let mut row = read(world, connection).await?;
        if let Some(tried) = tried {
            row.tried(Task::Credentials, tried.clone(), world.clock.now());
        }
        row.check = Some(check.clone());
        if world.write_if(row.write()).await? {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Conflict, "check", "others kept writing the row"))
}

/// Somebody wants its credentials looked at: the next poll does, for who serves people has no credentials.
pub async fn ask_for_check(world: &Ports, lookup: &Cache, connection: &ConnectionId) -> Result<()> {
    ask(world, lookup, connection, |row, now| row.check_asked_at = Some(now)).await
}

/// Somebody wants its listings read again: the next poll does.
pub(crate) async fn ask_for_listings(world: &Ports, lookup: &Cache, connection: &ConnectionId) -> Result<()> {
    ask(world, lookup, connection, |row, now| row.listings_asked_at = Some(now)).await
}

async fn ask(world: &Ports, lookup: &Cache, connection: &ConnectionId, note: impl Fn(&mut HealthRow, Timestamp)) -> Result<()> {
    // One that is not there is told so.
    lookup.connection(world, connection).await?;
    for _ in 0..MOST_TRIES {
        let mut row = read(world, connection).await?;
        note(&mut row, world.clock.now());
        if world.write_if(row.write()).await? {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Conflict, "check", "others kept writing the row; try again"))
}
