//! Credentials as SSM parameters, encrypted: `{prefix}/webhooks/{connection}/{name}` those that deliveries are signed with
//! (`ports::Descriptor::signs_with`), `{prefix}/credentials/{connection}/{name}` all others, each in one place. Parameters, because one of Secrets Manager's costs
//! more in a month than everything else here.

use crate::SystemClock;
use crate::failure::{Again, failure};
use crate::json_call::{Action, JsonCall};
use async_trait::async_trait;
use aws_config::SdkConfig;
use domain::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Error, ErrorKind, Result, Secret, Secrets};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// How long what was fetched is used: a rotated credential is in force after this much at the latest.
const KEPT: SignedDuration = SignedDuration::from_mins(5);

type Credentials = BTreeMap<String, Secret>;

/// Which of a connection's credentials a function may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// All of them.
    All,
    /// Those that deliveries are signed with. There need be none: some channels sign with keys of their own.
    WebhooksAlone,
}

impl Reads {
    /// Folders under the stack's prefix.
    pub(crate) fn folders(self) -> &'static [&'static str] {
        match self {
            Self::All => &["credentials", "webhooks"],
            Self::WebhooksAlone => &["webhooks"],
        }
    }
}

/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html>
const BY_PATH: Action = Action { service: "ssm", target: "AmazonSSM.GetParametersByPath" };

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ByPath {
    path: String,
    with_decryption: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    parameters: Vec<Parameter>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    name: String,
    value: String,
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameter").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The parameters under one prefix.
pub struct ParameterSecrets {
    by_path: JsonCall<ByPath, Page>,
    prefix: String,
    reads: Reads,
    fetched: Mutex<BTreeMap<ConnectionId, (Timestamp, Credentials)>>,
}

impl ParameterSecrets {
    /// Parameters under a prefix such as `/sluis/shop`.
    pub fn new(cloud: &SdkConfig, prefix: &str, reads: Reads) -> Self {
        Self {
            by_path: JsonCall::new(cloud, BY_PATH),
            prefix: prefix.trim_end_matches('/').to_owned(),
            reads,
            fetched: Mutex::default(),
        }
    }

    async fn fetch(&self, path: &str, credentials: &mut Credentials) -> Result<()> {
        let mut next_token = None;
        loop {
            let asked = ByPath { path: path.to_owned(), with_decryption: true, next_token };
            let page = self.by_path.send(asked).await.map_err(|error| failure("secrets.credentials", Again::Harmless, &error))?;
            for parameter in page.parameters {
                credentials.insert(named(&parameter.name).to_owned(), Secret::new(parameter.value));
            }
            next_token = page.next_token;
            if next_token.is_none() {
                return Ok(());
            }
        }
    }

    fn kept(&self, connection: &ConnectionId) -> Option<Credentials> {
        let fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, credentials) = fetched.get(connection)?;
        (domain::age(*at, SystemClock.now()).is_some_and(|age| age < KEPT)).then(|| credentials.clone())
    }

    fn keep(&self, connection: &ConnectionId, credentials: &Credentials) {
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.insert(connection.clone(), (SystemClock.now(), credentials.clone()));
    }
}

#[async_trait]
impl Secrets for ParameterSecrets {
    async fn credentials(&self, connection: &ConnectionId) -> Result<Credentials> {
        if let Some(credentials) = self.kept(connection) {
            return Ok(credentials);
        }
        let mut credentials = Credentials::new();
        for folder in self.reads.folders() {
            self.fetch(&format!("{}/{folder}/{connection}/", self.prefix), &mut credentials).await?;
        }
        if credentials.is_empty() && self.reads == Reads::All {
            return Err(Error::new(
                ErrorKind::Configuration,
                "secrets.credentials",
                format!(
                    "no credentials for connection {connection}; put them in SSM as SecureString parameters under \
                     {0}/credentials/{connection}/, those that deliveries are signed with under {0}/webhooks/{connection}/",
                    self.prefix
                ),
            ));
        }
        self.keep(connection, &credentials);
        Ok(credentials)
    }
}

/// The last part of a parameter's path.
fn named(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_named_by_the_end_of_its_path() {
        assert_eq!(named("/sluis/shop/credentials/webshop-nl/client_secret"), "client_secret");
        assert_eq!(named("client_secret"), "client_secret");
    }

    #[test]
    fn what_was_fetched_is_kept_per_connection() {
        let secrets = ParameterSecrets::new(&crate::connect::emulator("http://127.0.0.1:9"), "/sluis/", Reads::All);
        let (one, other) = (ConnectionId::new("one").unwrap(), ConnectionId::new("other").unwrap());
        let credentials = Credentials::from([("key".to_owned(), Secret::new("value"))]);
        secrets.keep(&one, &credentials);
        assert_eq!(secrets.kept(&one), Some(credentials));
        assert_eq!(secrets.kept(&other), None);
        assert_eq!(secrets.prefix, "/sluis");
    }
}
