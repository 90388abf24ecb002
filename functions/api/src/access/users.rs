//! Users: who they are and what they may. There is always an owner among them.

use super::{People, declined, password};
use domain::{Role, UserName};
use engine::rows::{MachineTokenRow, UserRow};
use jiff::Timestamp;
use ports::{Condition, Error, ErrorKind, Result, Write};

/// A user, without their password.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct User {
    /// Under which name they sign in, and what they do is known.
    pub name: UserName,
    /// What they may.
    pub role: Role,
    /// When they were added, UTC.
    #[schemars(with = "String")]
    pub added_at: Timestamp,
    /// Who added them.
    pub added_by: String,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        let UserRow { name, role, added_at, added_by, .. } = row;
        Self { name, role, added_at, added_by }
    }
}

impl People {
    /// All of them, by name.
    pub async fn users(&self) -> Result<Vec<User>> {
        let all: Vec<UserRow> = self.kept.all(UserRow::PARTITION, "").await?;
        Ok(all.into_iter().map(User::from).collect())
    }

    /// Whether there is anybody: from the first user on, people sign in.
    pub async fn are_there(&self) -> Result<bool> {
        Ok(!self.kept.table.query(UserRow::PARTITION, "", None, 1, false).await?.rows.is_empty())
    }

    /// Adds somebody. The first is an owner, for nobody else could add another.
    pub async fn add_user(&self, name: &UserName, role: Role, password: &str, by: &str) -> Result<User> {
        if role != Role::Owner && !self.are_there().await? {
            return Err(declined("the first user is an owner, or nobody could add another"));
        }
        self.must_be_free(name).await?;
        let row = UserRow {
            name: name.clone(),
            role,
            password: password::hash(password)?,
            revision: self.kept.ids.fresh(),
            last_from: None,
            added_at: self.kept.clock.now(),
            added_by: by.to_owned(),
        };
        if !self.kept.write_if(row.added()).await? {
            return Err(taken(name));
        }
        Ok(row.into())
    }

    /// What is done is known by a name: no two may have the same.
    pub(super) async fn must_be_free(&self, name: &UserName) -> Result<()> {
        let user: Option<UserRow> = self.kept.get(&UserRow::key(name)).await?;
        let token: Option<MachineTokenRow> = self.kept.get(&MachineTokenRow::key(name)).await?;
        if user.is_some() || token.is_some() { Err(taken(name)) } else { Ok(()) }
    }

    /// Gives somebody another role, from their next request on.
    pub async fn set_role(&self, name: &UserName, role: Role) -> Result<User> {
        let was = self.known(name).await?;
        if role != Role::Owner {
            self.must_leave_an_owner(&was).await?;
        }
        self.change(&was, UserRow { role, ..was.clone() }).await
    }

    /// Gives somebody another password. Whoever is signed in under the old one is not any more.
    pub async fn set_password(&self, name: &UserName, password: &str) -> Result<User> {
        let was = self.known(name).await?;
        let (password, revision) = (password::hash(password)?, self.kept.ids.fresh());
        self.change(&was, UserRow { password, revision, ..was.clone() }).await
    }

    /// Removes somebody, wherever they are signed in.
    pub async fn remove_user(&self, name: &UserName) -> Result<()> {
        let was = self.known(name).await?;
        self.must_leave_an_owner(&was).await?;
        self.kept.write_if(Write::Delete { key: UserRow::key(name), when: Condition::Always }).await.map(drop)
    }

    async fn known(&self, name: &UserName) -> Result<UserRow> {
        let found: Option<UserRow> = self.kept.get(&UserRow::key(name)).await?;
        found.ok_or_else(|| Error::new(ErrorKind::NotFound, "users", format!("there is no user {name}")))
    }

    async fn must_leave_an_owner(&self, leaving: &UserRow) -> Result<()> {
        let others = self.users().await?;
        if leaving.role == Role::Owner && !others.iter().any(|one| one.role == Role::Owner && one.name != leaving.name) {
            return Err(declined(format!("{} is the only owner; add another first", leaving.name)));
        }
        Ok(())
    }

    async fn change(&self, was: &UserRow, is: UserRow) -> Result<User> {
        if self.kept.write_if(is.in_place_of(was)).await? {
            return Ok(is.into());
        }
        Err(Error::new(ErrorKind::Conflict, "users", format!("somebody else was changing {}; try again", was.name)))
    }
}

fn taken(name: &UserName) -> Error {
    declined(format!("there is a user or a machine token {name} already"))
}
