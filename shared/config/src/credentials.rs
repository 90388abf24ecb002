//! Where credentials are found: environment variables or files. Never the configuration itself, which ends up in mails and backups.

use super::file;
use async_trait::async_trait;
use domain::ConnectionId;
use ports::{Error, ErrorKind, Result, Secret, Secrets};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Characters of a credential at least: no channel gives shorter ones, and one that merchants choose must not be guessed.
const FEWEST: usize = 8;

/// Where one credential is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// In this environment variable.
    Env(String),
    /// In this file; an end of line is left off.
    File(PathBuf),
    /// Invented, for a simulated shop.
    Invented(String),
}

impl CredentialSource {
    /// The file it is in, where others than its owner may read or change that.
    pub(super) fn open_to_others(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path.as_path()).filter(|path| file::is_open_to_others(path)),
            Self::Env(_) | Self::Invented(_) => None,
        }
    }

    /// The credential itself, or why it cannot be had.
    #[expect(clippy::disallowed_methods, reason = "this is where settings are read from the surroundings")]
    pub fn read(&self) -> std::result::Result<Secret, String> {
        let text = match self {
            Self::Env(name) => std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"))?,
            Self::File(path) => {
                file::regular(path, file::LARGEST_SECRET).map_err(|why| format!("the file {}: {why}", path.display()))?
            }
            Self::Invented(text) => text.clone(),
        };
        let text = text.trim_end_matches(['\r', '\n']);
        match text.chars().count() {
            0 => Err("it is empty".to_owned()),
            1..FEWEST => {
                Err(format!("it has fewer than {FEWEST} characters; that is no secret of a channel, or anybody's guess"))
            }
            // It is sent to the channel: no other file of this machine may leave by a wrong name.
            _ if text.chars().any(char::is_control) => {
                Err("it has more than one line, or characters that no credential has; is that the right file?".to_owned())
            }
            _ => Ok(Secret::new(text)),
        }
    }
}

/// Credentials as configured, read each time they are asked for.
#[derive(Debug, Clone, Default)]
pub struct ConfiguredSecrets {
    sources: BTreeMap<ConnectionId, BTreeMap<String, CredentialSource>>,
}

impl ConfiguredSecrets {
    pub(super) fn new(sources: BTreeMap<ConnectionId, BTreeMap<String, CredentialSource>>) -> Self {
        Self { sources }
    }

    /// All credentials of a connection.
    pub fn of(&self, connection: &ConnectionId) -> Result<BTreeMap<String, Secret>> {
        let sources = self.sources.get(connection).ok_or_else(|| {
            let message = format!(
                "connection {connection} is not in sluis.toml any more, and still in the books; put its block back, or forget it with \
                 `sluis connections remove {connection}`"
            );
            Error::new(ErrorKind::Configuration, "credentials", message)
        })?;
        let read = |(name, source): (&String, &CredentialSource)| {
            let secret = source.read().map_err(|why| {
                Error::new(
                    ErrorKind::Configuration,
                    "credentials",
                    format!("connection {connection}: credential `{name}`: {why}"),
                )
            })?;
            Ok((name.clone(), secret))
        };
        sources.iter().map(read).collect()
    }
}

#[async_trait]
impl Secrets for ConfiguredSecrets {
    async fn credentials(&self, connection: &ConnectionId) -> Result<BTreeMap<String, Secret>> {
        self.of(connection)
    }
}
