//! A person's consent, from which the first token of a connection comes. It is asked for once, and again when the last token was lost or refused.

use crate::rows::{CircuitRow, TokenRow, TypedRow as _};
use crate::{Cache, ConnectorClient, Ports};
use domain::ConnectionId;
use ports::{Condition, Consent, Error, ErrorKind, Result, Token, Value, Write};

const CONSENT: &str = "consent";
/// Somebody may be at the same row.
const MOST_TRIES: u32 = 5;

/// The page on which a person lets Sluis in.
pub async fn consent_address(world: &Ports, lookup: &Cache, connection: &ConnectionId) -> Result<String> {
    let driver = ConnectorClient::open_books(world, lookup, connection).await?;
    wanted(&driver)?.address(&driver.account)
}

/// Takes what the system answered, the address that it sent the person to or the code in it, and keeps the token that it gives for that. Whatever
/// was refused before is over then, and calls go out again.
pub async fn authorize(world: &Ports, lookup: &Cache, connection: &ConnectionId, answer: &str) -> Result<()> {
    let driver = ConnectorClient::open_books(world, lookup, connection).await?;
    let consent = wanted(&driver)?;
    let token = driver.exchange(consent, answer).await?;
    keep(world, connection, token).await?;
    let circuit = Write::Delete { key: CircuitRow::key(connection), when: Condition::Always };
    world.write_if(circuit).await?;
    lookup.forget_calls(connection);
    Ok(())
}

fn wanted<'w>(driver: &ConnectorClient<'w>) -> Result<&'w dyn Consent> {
    let consent = driver.connector().tokens().and_then(|tokens| tokens.consent());
    consent.ok_or_else(|| {
        let message =
            format!("connection {}: {} asks for no consent", driver.account.connection, driver.connector().descriptor().title);
        Error::new(ErrorKind::BadInput, CONSENT, message)
    })
}

/// It wins over whatever a renewal of the token before comes to.
async fn keep(world: &Ports, connection: &ConnectionId, token: Token) -> Result<()> {
    let key = TokenRow::key(connection);
    for _ in 0..MOST_TRIES {
        let before: Option<TokenRow> = world.get(&key).await?;
        let version = before.map_or(0, |row| row.version);
        let row = TokenRow {
            connection: connection.clone(),
            token: Some(token.clone()),
            version: version + 1,
            renewed_until: None,
            refused: None,
        };
        let same = Condition::Is("version".into(), Value::Number(version));
        let when = if version == 0 { Condition::Any(vec![Condition::Lacks("version".into()), same]) } else { same };
        if world.write_if(Write::Put { row: row.to_row(), when }).await? {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Conflict, CONSENT, "others kept writing the token; ask for a new code and try again"))
}
