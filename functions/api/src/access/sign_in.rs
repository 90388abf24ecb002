//! Signing in and out: a name and a password become a session, for twelve hours. Who tries too often must wait.

use super::{People, password, secret};
use crate::web::{Caller, Code, Problem};
use domain::UserName;
use engine::rows::{SessionRow, SignInsRow, TypedRow as _, UserRow};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Result, Value, Write};
use std::net::IpAddr;

/// A session ends after so many hours.
pub(crate) const SESSION_HOURS: i64 = 12;
/// Attempts from one address that may fail before it must wait.
const PER_ADDRESS: i64 = 10;
/// The same of one name, from all addresses but the one from which its owner signed in last.
const PER_NAME: i64 = 30;

impl People {
    /// Signs somebody in; answers the token of the session. Whether there is no such user or it is not their password is not told.
    pub(crate) async fn sign_in(&self, name: &str, password: &str, from: Option<IpAddr>) -> std::result::Result<String, Problem> {
        let now = self.kept.clock.now();
        let name = UserName::new(name.trim()).ok();
        let address = address(from);
        let at_name = secret::hash(&format!("name {}", name.as_ref().map(UserName::as_str).unwrap_or_default()));
        let user: Option<UserRow> = match &name {
            Some(name) => self.kept.get(&UserRow::key(name)).await?,
            None => None,
        };
        let is_usual = user.as_ref().is_some_and(|user| user.last_from.as_ref() == Some(&address));
        for (who, most) in [(&address, PER_ADDRESS), (&at_name, if is_usual { i64::MAX } else { PER_NAME })] {
            let row: Option<SignInsRow> = self.kept.get(&SignInsRow::key(who)).await?;
            let counted = SignInsRow::counted(row, who, now);
            if counted.failed >= most {
                return Err(too_many(counted.until(), now));
            }
            self.kept.write_if(counted.tried()).await?;
        }
        let is_it = password::is_it(password, user.as_ref().map(|user| user.password.as_str()));
        let Some(user) = user.filter(|_| is_it) else {
            return Err(Problem::new(401, "the name or the password is wrong"));
        };
        self.kept.write_if(SignInsRow::succeeded(&address)).await?;
        self.kept.write_if(SignInsRow::forgotten(&at_name)).await?;
        self.open(&user, address, now).await
    }

    async fn open(&self, user: &UserRow, address: String, now: Timestamp) -> std::result::Result<String, Problem> {
        let token = secret::fresh()?;
        let ends_at = now.saturating_add(SignedDuration::from_hours(SESSION_HOURS)).unwrap_or(Timestamp::MAX);
        let (hash, revision) = (secret::hash(&token), user.revision.clone());
        let session = SessionRow { hash, user: user.name.clone(), revision, ends_at };
        self.kept.write_if(Write::Put { row: session.to_row(), when: Condition::Always }).await?;
        // Who was given another password meanwhile has no session, and need not be remembered.
        self.kept
            .write_if(Write::Update {
                key: UserRow::key(&user.name),
                add: vec![],
                set: vec![("last_from".to_owned(), Value::Text(address))],
                remove: vec![],
                when: Condition::Is("revision".to_owned(), Value::Text(user.revision.clone())),
            })
            .await?;
        Ok(token)
    }

    /// Whoever is signed in with it; none: it is no session, or no longer.
    pub(super) async fn of_session(&self, token: &str) -> Result<Option<Caller>> {
        let hash = secret::hash(token);
        let session: Option<SessionRow> = self.kept.get(&SessionRow::key(&hash)).await?;
        let Some(session) = session.filter(|session| self.kept.clock.now() < session.ends_at) else { return Ok(None) };
        let user: Option<UserRow> = self.kept.get(&UserRow::key(&session.user)).await?;
        // With another password, all sessions of before are over.
        let user = user.filter(|user| user.revision == session.revision);
        Ok(user.map(|user| Caller { session: Some(hash), ..Caller::known(user.name.to_string(), user.role) }))
    }

    /// Ends a session, known by its hash.
    pub(crate) async fn sign_out(&self, hash: &str) -> Result<()> {
        self.kept.write_if(SessionRow::ended(hash)).await.map(drop)
    }
}

/// From where, as it is counted: a home has 2^64 addresses of version 6.
fn address(from: Option<IpAddr>) -> String {
    let told = match from.map(|from| from.to_canonical()) {
        Some(IpAddr::V4(four)) => four.to_string(),
        Some(IpAddr::V6(six)) => format!("{:x?}", &six.segments()[..4]),
        None => "unknown".to_owned(),
    };
    secret::hash(&format!("address {told}"))
}

fn too_many(until: Timestamp, now: Timestamp) -> Problem {
    let seconds = until.duration_since(now).as_secs().max(1);
    let detail = format!("too many attempts failed; try again in {seconds} seconds");
    Problem::of(Code::TooManyAttempts, 429, detail).with("seconds", seconds)
}
