//! Whom to call, as whom, and with what.

use super::{Answers, Token};
use crate::{Error, ErrorKind, Http, Result, Secret};
use domain::{ChannelId, ConnectionId};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A merchant's account on a channel.
#[derive(Debug, Clone)]
pub struct Account {
    /// Which connection.
    pub connection: ConnectionId,
    /// Which channel.
    pub channel: ChannelId,
    /// Start of all its addresses, without a slash at the end.
    pub base_url: String,
    /// Further settings, by the names in the `Descriptor`.
    pub settings: BTreeMap<String, String>,
    /// Credentials, by the names in the `Descriptor`.
    pub credentials: BTreeMap<String, Secret>,
}

/// The setting that says what became of units which were cancelled on a channel that does not tell it.
pub const RESTOCK_UNTOLD: &str = "restock_untold";

/// The setting that says that lines which no stock covers are refused, on a channel that waits for the merchant's word.
pub const REFUSE_SHORT: &str = "refuse_short";

impl Account {
    /// A credential, or a complaint that names it.
    pub fn credential(&self, name: &str) -> Result<&Secret> {
        self.credentials.get(name).ok_or_else(|| self.missing("credential", name))
    }

    /// A setting, or a complaint that names it.
    pub fn setting(&self, name: &str) -> Result<&str> {
        self.settings.get(name).map(String::as_str).ok_or_else(|| self.missing("setting", name))
    }

    /// Whether units that were cancelled on the channel, and of which it does not tell whether they are on sale again there, are: the setting
    /// `restock_untold`. Left out, they are not: whoever cancels because something is broken would have it sold once more.
    pub fn restocks_untold(&self) -> Result<bool> {
        match self.settings.get(RESTOCK_UNTOLD).map(String::as_str) {
            None | Some("hold") => Ok(false),
            Some("on_sale") => Ok(true),
            Some(other) => {
                let message = format!("{RESTOCK_UNTOLD}: got `{other}`, expected `hold` or `on_sale`");
                Err(Error::new(ErrorKind::Configuration, "setting", message))
            }
        }
    }

    /// Whether lines that no stock covers are refused where the channel asks for the merchant's word: the setting `refuse_short`. Left out, they
    /// are accepted, and a person decides.
    pub fn refuses_short(&self) -> Result<bool> {
        match self.settings.get(REFUSE_SHORT).map(String::as_str) {
            None | Some("no") => Ok(false),
            Some("yes") => Ok(true),
            Some(other) => {
                let message = format!("{REFUSE_SHORT}: got `{other}`, expected `yes` or `no`");
                Err(Error::new(ErrorKind::Configuration, "setting", message))
            }
        }
    }

    fn missing(&self, what: &str, name: &str) -> Error {
        Error::new(
            ErrorKind::Configuration,
            "account",
            format!("connection {}: the {what} `{name}` is missing; add it to the configuration", self.connection),
        )
    }
}

/// One use of a channel: whom to call, as whom, and when it is.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The way out. Already paced and counted.
    pub http: &'a dyn Http,
    /// As whom.
    pub account: &'a Account,
    /// The token in force; `None` where credentials are sent as they are, and while one is fetched.
    pub token: Option<&'a Token>,
    /// Now, UTC.
    pub now: Timestamp,
    /// Answers that were given before, for what may be asked only now and then.
    pub answers: &'a dyn Answers,
    /// A UUID for this intended operation, the same when it is tried again. For channels with idempotency keys.
    pub operation_id: &'a str,
}
