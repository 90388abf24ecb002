//! One token per connection, shared through the table, renewed by one at a time (F23).

use super::ConnectorClient;
use crate::rows::{TokenRow, TypedRow};
use domain::SKEW;
use jiff::SignedDuration;
use ports::{Condition, Error, ErrorKind, Http, Result, Status, Token, TokenKind, Tokens, Value, Write};
use std::time::Duration;

/// A token is renewed this long before its end.
const EARLY: SignedDuration = SignedDuration::from_secs(30);
/// Looks for the other's new token.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
/// Tries to save a new token.
const SAVES: u32 = 4;

/// The token in force; a new one if there is none, it is about to end, or it is the one that was refused.
pub(super) async fn in_force(
    driver: &ConnectorClient<'_>,
    tokens: &dyn Tokens,
    http: &dyn Http,
    operation_id: &str,
    refused: Option<&Token>,
) -> Result<Token> {
    let world = driver.world;
    let usable = |t: &Token, now: jiff::Timestamp| Some(t) != refused && t.expires_at.duration_since(now) > EARLY;
    if let Some(token) = driver.lookup.token(&driver.account.connection).filter(|t| usable(t, world.clock.now())) {
        return Ok(token);
    }
    let key = TokenRow::key(&driver.account.connection);
    let lease = match tokens.kind() {
        TokenKind::Expiring => TokenRow::RENEWAL,
        TokenKind::Rotating => TokenRow::ROTATION,
    };
    for _ in 0..LOOKS {
        let now = world.clock.now();
        let row: Option<TokenRow> = world.get(&key).await?;
        let kept = row.as_ref().and_then(|r| r.token.as_ref());
        if let Some(token) = kept.filter(|t| usable(t, now)) {
            driver.lookup.note_token(&driver.account.connection, token);
            return Ok(token.clone());
        }
        if let Some(refused) = row.as_ref().and_then(|r| r.refused.clone()).filter(|_| tokens.consent().is_some()) {
            // It was told, and counts as a mistake there each time it is sent: only a new consent helps.
            return Err(Error::new(ErrorKind::Unauthorized, "token", refused));
        }
        let version = row.as_ref().map_or(0, |r| r.version);
        let beyond = now.saturating_add(lease.saturating_add(SKEW)).unwrap_or(now);
        let renewed_until = now.checked_add(lease).unwrap_or(now);
        let taken = world
            .write_if(Write::Update {
                key: key.clone(),
                add: Vec::new(),
                set: vec![
                    ("version".into(), Value::Number(version)),
                    ("renewed_until".into(), Value::Number(renewed_until.as_millisecond())),
                ],
                remove: Vec::new(),
                when: Condition::All(vec![
                    same_version(version),
                    Condition::Any(vec![
                        Condition::Lacks("renewed_until".into()),
                        Condition::AtMost("renewed_until".into(), now.as_millisecond()),
                        // By a clock that was ahead.
                        Condition::AtLeast("renewed_until".into(), beyond.as_millisecond()),
                    ]),
                ]),
            })
            .await?;
        if taken {
            let call = driver.as_call(http, None, operation_id);
            return renew(driver, tokens, tokens.fetch(&call, kept).await, version).await;
        }
        world.clock.sleep(BETWEEN_LOOKS).await;
    }
    Err(Error::new(
        ErrorKind::Unavailable,
        "token",
        format!("connection {}: no token could be had in time", driver.account.connection),
    )
    .with_status(Status::Temporary { retry_after: Some(Duration::from_secs(5)) }))
}

fn same_version(version: i64) -> Condition {
    let same = Condition::Is("version".into(), Value::Number(version));
    if version == 0 { Condition::Any(vec![Condition::Lacks("version".into()), same]) } else { same }
}

/// Tried more than once: where a refresh kills the token before, one that is not saved takes a person to log in again. A try whose
/// answer was lost may have been done; then the next finds the row changed, which is as good.
async fn save(driver: &ConnectorClient<'_>, row: &TokenRow, version: i64) -> Result<()> {
    for _ in 1..SAVES {
        match driver.world.write_if(Write::Put { row: row.to_row(), when: same_version(version) }).await {
            Ok(_) => return Ok(()),
            Err(_) => driver.world.clock.sleep(BETWEEN_LOOKS).await,
        }
    }
    driver.world.write_if(Write::Put { row: row.to_row(), when: same_version(version) }).await.map(|_| ())
}

/// What cannot be read where tokens are given is nobody's item's or order's fault: all of the connection waits for a while, as for a channel
/// that does not answer.
fn passing(error: Error) -> Error {
    if error.kind != ErrorKind::Protocol {
        return error;
    }
    Error { kind: ErrorKind::Unavailable, status: Status::Temporary { retry_after: None }, ..error }
}

/// Saved before it is used: a token that only this process knows would kill the one that all others have.
async fn renew(driver: &ConnectorClient<'_>, tokens: &dyn Tokens, fetched: Result<Token>, version: i64) -> Result<Token> {
    let connection = driver.account.connection.clone();
    match fetched {
        Ok(token) => {
            let row = TokenRow {
                connection: connection.clone(),
                token: Some(token.clone()),
                version: version + 1,
                renewed_until: None,
                refused: None,
            };
            save(driver, &row, version).await?;
            driver.lookup.note_token(&connection, &token);
            Ok(token)
        }
        Err(error) => {
            // The next may try at once; what it costs is decided by the circuit. What only a person mends is not tried again.
            let is_over =
                tokens.consent().is_some() && (error.kind, error.status) == (ErrorKind::Unauthorized, Status::Permanent);
            let refused = is_over.then(|| ("refused".to_owned(), Value::Text(error.message.clone())));
            let open = Write::Update {
                key: TokenRow::key(&connection),
                add: Vec::new(),
                set: refused.into_iter().collect(),
                remove: vec!["renewed_until".into()],
                when: same_version(version),
            };
            driver.world.write_if(open).await?;
            Err(passing(error))
        }
    }
}
