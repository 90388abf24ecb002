//! `sluis users` and `sluis tokens`: who may sign in, and programs that ask. While a stack runs it is asked to do it; while none runs, it is
//! done in its state folder.

use super::api::{Api, Where, Who, understood};
use super::mistakes;
use crate::people;
use crate::say::say;
use crate::state::{self, Owner, StateFolder};
use api::access::{MachineToken, People, SHORTEST_PASSWORD, User};
use config::Config;
use domain::{Role, UserName};
use ports::{Error, ErrorKind, Result, Secret};
use serde::Deserialize;
use serde_json::json;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `users` takes.
#[derive(Debug, clap::Args)]
pub(super) struct UsersArguments {
    #[command(subcommand)]
    wanted: UsersWanted,
    #[command(flatten)]
    there: There,
}

/// What `tokens` takes.
#[derive(Debug, clap::Args)]
pub(super) struct TokensArguments {
    #[command(subcommand)]
    wanted: TokensWanted,
    #[command(flatten)]
    there: There,
}

/// Of which stack.
#[derive(Debug, clap::Args)]
struct There {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    place: Where,
    /// The merchant's configuration, whose state folder is made if there is none yet.
    #[arg(long, value_name = "FILE", default_value = "sluis.toml", global = true)]
    config: PathBuf,
}

#[derive(Debug, clap::Subcommand)]
enum UsersWanted {
    /// Add somebody. The password is asked for, or read from the first line of standard input.
    Add {
        /// Under which name they sign in.
        name: UserName,
        /// What they may: owner, warehouse, bookkeeper or `read_only`.
        #[arg(long)]
        role: Role,
    },
    /// Print who may sign in.
    List,
    /// Give somebody another role, from their next request on.
    Role {
        /// Who.
        name: UserName,
        /// What they may: owner, warehouse, bookkeeper or `read_only`.
        role: Role,
    },
    /// Give somebody another password. Wherever they are signed in, they are not any more.
    Password {
        /// Who.
        name: UserName,
    },
    /// Remove somebody, wherever they are signed in.
    Remove {
        /// Who.
        name: UserName,
    },
}

#[derive(Debug, clap::Subcommand)]
enum TokensWanted {
    /// Add a machine token, and print it: it is not shown again.
    Add {
        /// What it is called: what is done with it is known by this name.
        name: UserName,
        /// What it may: owner, warehouse, bookkeeper or `read_only`.
        #[arg(long)]
        role: Role,
    },
    /// Print what machine tokens there are.
    List,
    /// Revoke one, from its next request on.
    Revoke {
        /// Which.
        name: UserName,
    },
}

/// How it is done.
enum Way {
    /// A stack that runs is asked.
    Asked(Api),
    /// In the folder of one that does not run, which is held meanwhile.
    Here(Box<Held>),
}

/// A folder in which nothing else works meanwhile, and who may sign in there.
struct Held {
    people: People,
    _folder: StateFolder,
}

impl There {
    async fn way(&self, state: Option<PathBuf>) -> Result<Way> {
        if self.place.is_said() {
            return Ok(Way::Asked(Api::find(&self.place, Path::new(state::USUAL))?));
        }
        let state = state.map_or_else(|| self.usual(), Ok)?;
        if state::is_held(&state) {
            return Ok(Way::Asked(Api::find(&self.place, &state)?));
        }
        let folder = if StateFolder::is_one(&state) {
            StateFolder::take_any(&state)?
        } else {
            StateFolder::take(&state, &Owner::of(&self.configuration()?))?
        };
        Ok(Way::Here(Box::new(Held { people: people::beside(&folder).await?, _folder: folder })))
    }

    fn configuration(&self) -> Result<Config> {
        Config::read(&self.config).map_err(|found| mistakes(&found))
    }

    /// Where the stack runs, or will.
    fn usual(&self) -> Result<PathBuf> {
        let running = state::of_running()?;
        if running.exists() {
            return Ok(running);
        }
        Ok(if self.configuration()?.is_play() { state::USUAL_OF_PLAY } else { state::USUAL }.into())
    }
}

/// The answers that are printed.
#[derive(Deserialize)]
struct Users {
    users: Vec<User>,
}

#[derive(Deserialize)]
struct Tokens {
    machine_tokens: Vec<MachineToken>,
}

#[derive(Deserialize)]
struct NewToken {
    token: String,
}

pub(super) async fn users(arguments: &UsersArguments, state: Option<PathBuf>) -> Result<ExitCode> {
    // Before anything is held or made.
    let password = match &arguments.wanted {
        UsersWanted::Add { .. } | UsersWanted::Password { .. } => Some(password()?),
        _ => None,
    };
    let password = password.as_ref().map(Secret::expose).unwrap_or_default();
    let way = arguments.there.way(state).await?;
    match &arguments.wanted {
        UsersWanted::Add { name, role } => {
            let by = arguments.there.who.name()?;
            match &way {
                Way::Asked(api) => {
                    let body = json!({ "name": name, "role": role, "password": password, "by": by });
                    api.send_json("users", &body).await.map(drop)?;
                }
                Way::Here(held) => held.people.add_user(name, *role, password, &by).await.map(drop)?,
            }
            say!("{name} may sign in as {role}");
        }
        UsersWanted::List => {
            let all = match &way {
                Way::Asked(api) => understood::<Users>(api.get("users").await?)?.users,
                Way::Here(held) => held.people.users().await?,
            };
            for user in &all {
                say!("{}\t{}\tadded by {} on {}", user.name, user.role, user.added_by, day(user.added_at));
            }
            if all.is_empty() {
                say!("There are no users: whoever works on this machine is the owner.");
            }
        }
        UsersWanted::Role { name, role } => {
            match &way {
                Way::Asked(api) => api.put_json(&format!("users/{name}/role"), &json!({ "role": role })).await.map(drop)?,
                Way::Here(held) => held.people.set_role(name, *role).await.map(drop)?,
            }
            say!("{name} is {role} from now on");
        }
        UsersWanted::Password { name } => {
            match &way {
                Way::Asked(api) => {
                    api.put_json(&format!("users/{name}/password"), &json!({ "password": password })).await.map(drop)?;
                }
                Way::Here(held) => held.people.set_password(name, password).await.map(drop)?,
            }
            say!("{name} has another password, and signs in anew");
        }
        UsersWanted::Remove { name } => {
            match &way {
                Way::Asked(api) => api.delete(&format!("users/{name}")).await.map(drop)?,
                Way::Here(held) => held.people.remove_user(name).await?,
            }
            say!("{name} is removed");
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn tokens(arguments: &TokensArguments, state: Option<PathBuf>) -> Result<ExitCode> {
    let way = arguments.there.way(state).await?;
    match &arguments.wanted {
        TokensWanted::Add { name, role } => {
            let by = arguments.there.who.name()?;
            let token = match &way {
                Way::Asked(api) => {
                    let body = json!({ "name": name, "role": role, "by": by });
                    understood::<NewToken>(api.send_json("machine-tokens", &body).await?)?.token
                }
                Way::Here(held) => held.people.add_token(name, *role, &by).await?,
            };
            // The token alone on its line, for whoever passes it on; the rest is for people.
            say!("{token}");
            crate::say::aside!("This is the only time that it is shown. A program sends it as: authorization: Bearer …");
        }
        TokensWanted::List => {
            let all = match &way {
                Way::Asked(api) => understood::<Tokens>(api.get("machine-tokens").await?)?.machine_tokens,
                Way::Here(held) => held.people.tokens().await?,
            };
            for token in &all {
                say!("{}\t{}\tadded by {} on {}", token.name, token.role, token.added_by, day(token.added_at));
            }
            if all.is_empty() {
                say!("There are no machine tokens.");
            }
        }
        TokensWanted::Revoke { name } => {
            match &way {
                Way::Asked(api) => api.delete(&format!("machine-tokens/{name}")).await.map(drop)?,
                Way::Here(held) => held.people.revoke_token(name).await?,
            }
            say!("{name} counts no more");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn day(at: jiff::Timestamp) -> impl std::fmt::Display {
    at.strftime("%Y-%m-%d")
}

/// Asks for a password, twice and without showing it; where nobody sits at a terminal, it is the first line of standard input.
fn password() -> Result<Secret> {
    let unread = |error: std::io::Error| Error::new(ErrorKind::BadInput, "password", format!("no password can be read: {error}"));
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(unread)?;
        return Ok(Secret::new(line.trim_end_matches(['\r', '\n'])));
    }
    let first =
        Secret::new(rpassword::prompt_password(format!("Password, {SHORTEST_PASSWORD} characters or more: ")).map_err(unread)?);
    let again = Secret::new(rpassword::prompt_password("The same again: ").map_err(unread)?);
    if first == again { Ok(first) } else { Err(Error::new(ErrorKind::BadInput, "password", "these are two different passwords")) }
}
