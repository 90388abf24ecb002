//! Credentials as SSM parameters: `{prefix}/{connection}/{name}`, encrypted. Parameters, because one of Secrets Manager's costs
//! more in a month than everything else here.

use crate::SystemClock;
use crate::failure::{Again, failure};
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_ssm::Client;
use domain::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Error, ErrorKind, Result, Secret, Secrets};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How long what was fetched is used: a rotated credential is in force after this much at the latest.
const KEPT: SignedDuration = SignedDuration::from_mins(5);

type Credentials = BTreeMap<String, Secret>;

/// The parameters under one prefix.
pub struct ParameterSecrets {
    client: Client,
    prefix: String,
    fetched: Mutex<BTreeMap<ConnectionId, (Timestamp, Credentials)>>,
}

impl ParameterSecrets {
    /// Parameters under a prefix such as `/sluis/shop`.
    pub fn new(cloud: &SdkConfig, prefix: &str) -> Self {
        Self { client: Client::new(cloud), prefix: prefix.trim_end_matches('/').to_owned(), fetched: Mutex::default() }
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
        let path = format!("{}/{connection}/", self.prefix);
        let mut credentials = Credentials::new();
        let mut next: Option<String> = None;
        loop {
            let call = self.client.get_parameters_by_path().path(&path).with_decryption(true).set_next_token(next.take());
            let page = call.send().await.map_err(|error| failure("secrets.credentials", Again::Harmless, &error))?;
            for parameter in page.parameters() {
                if let (Some(name), Some(value)) = (parameter.name(), parameter.value()) {
                    credentials.insert(named(name).to_owned(), Secret::new(value));
                }
            }
            next = page.next_token().map(str::to_owned);
            if next.is_none() {
                break;
            }
        }
        if credentials.is_empty() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "secrets.credentials",
                format!("no credentials for connection {connection}; put them in SSM as SecureString parameters under {path}"),
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
        assert_eq!(named("/sluis/shop/webshop-nl/client_secret"), "client_secret");
        assert_eq!(named("client_secret"), "client_secret");
    }

    #[test]
    fn what_was_fetched_is_kept_per_connection() {
        let secrets = ParameterSecrets::new(&crate::connect::emulator("http://127.0.0.1:9"), "/sluis/");
        let (one, other) = (ConnectionId::new("one").unwrap(), ConnectionId::new("other").unwrap());
        let credentials = Credentials::from([("key".to_owned(), Secret::new("value"))]);
        secrets.keep(&one, &credentials);
        assert_eq!(secrets.kept(&one), Some(credentials));
        assert_eq!(secrets.kept(&other), None);
        assert_eq!(secrets.prefix, "/sluis");
    }
}
