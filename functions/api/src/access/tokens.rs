//! Machine tokens: by which a program of the merchant's asks. A token is shown once, and only its hash is kept.

use super::{People, secret};
use crate::web::Caller;
use domain::{Role, UserName};
use engine::rows::MachineTokenRow;
use jiff::Timestamp;
use ports::{Error, ErrorKind, Result};

/// So they begin: whoever finds one in a file knows what it is.
const BEGINS: &str = "sluis_";

/// A machine token, without what it is known by.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct MachineToken {
    /// What it is called, and what is done with it is known by.
    pub name: UserName,
    /// What it may.
    pub role: Role,
    /// When it was added, UTC.
    #[schemars(with = "String")]
    pub added_at: Timestamp,
    /// Who added it.
    pub added_by: String,
}

impl From<MachineTokenRow> for MachineToken {
    fn from(row: MachineTokenRow) -> Self {
        let MachineTokenRow { name, role, added_at, added_by, .. } = row;
        Self { name, role, added_at, added_by }
    }
}

impl People {
    /// All of them, by name.
    pub async fn tokens(&self) -> Result<Vec<MachineToken>> {
        let all: Vec<MachineTokenRow> = self.kept.all(MachineTokenRow::PARTITION, "").await?;
        Ok(all.into_iter().map(MachineToken::from).collect())
    }

    /// Adds one; answers the token, which nobody can find again.
    pub async fn add_token(&self, name: &UserName, role: Role, by: &str) -> Result<String> {
        self.must_be_free(name).await?;
        // A name has no colon, so it is known where it ends.
        let token = format!("{BEGINS}{name}:{}", secret::fresh()?);
        let (hash, added_at) = (secret::hash(&token), self.kept.clock.now());
        let row = MachineTokenRow { name: name.clone(), role, hash, added_at, added_by: by.to_owned() };
        if self.kept.write_if(row.added()).await? {
            return Ok(token);
        }
        Err(super::declined(format!("there is a machine token {name} already")))
    }

    /// Revokes one, from its next request on.
    pub async fn revoke_token(&self, name: &UserName) -> Result<()> {
        if self.kept.write_if(MachineTokenRow::revoked(name)).await? {
            return Ok(());
        }
        Err(Error::new(ErrorKind::NotFound, "users", format!("there is no machine token {name}")))
    }

    /// Whoever sends it; none: it is no token of ours, or no longer.
    pub(super) async fn of_token(&self, token: &str) -> Result<Option<Caller>> {
        let name =
            token.strip_prefix(BEGINS).and_then(|rest| rest.split_once(':')).and_then(|(name, _)| UserName::new(name).ok());
        let Some(name) = name else { return Ok(None) };
        let known: Option<MachineTokenRow> = self.kept.get(&MachineTokenRow::key(&name)).await?;
        // Hashes are compared: how long that takes tells nothing about the token.
        let known = known.filter(|known| known.hash == secret::hash(token));
        Ok(known.map(|known| Caller::known(known.name.to_string(), known.role)))
    }
}
