//! The settings of a function: environment variables that `infra/template.yaml` sets. Read once, at start, and all that is
//! wrong with them is told together.

use aws::Reach;
use ports::{Error, ErrorKind, QueueName, Result};
use std::collections::BTreeMap;
use url::{Host, Url};

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// `SLUIS_TABLE`: the table's name.
    Table,
    /// `SLUIS_INBOUND_QUEUE_URL`: the queue of `InboundOrder` messages.
    InboundQueue,
    /// `SLUIS_STOCK_HINTS_QUEUE_URL`: the queue of `StockHint` messages.
    StockHintsQueue,
    /// `SLUIS_ORDER_UPDATES_QUEUE_URL`: the queue of `OrderUpdateDue` messages.
    OrderUpdatesQueue,
    /// `SLUIS_BUS`: the event bus' name.
    Bus,
    /// `SLUIS_SECRETS_PREFIX`: the path above the connections' credentials.
    SecretsPrefix,
    /// `SLUIS_PUBLIC_URL`: where channels deliver webhooks to, without a slash at the end.
    PublicUrl,
    /// `SLUIS_DOCUMENTS_BUCKET`: the bucket that issued documents are kept in.
    DocumentsBucket,
}

impl Setting {
    /// What the template gives to every function.
    pub const OF_EVERY_FUNCTION: &'static [Self] =
        &[Self::Table, Self::InboundQueue, Self::StockHintsQueue, Self::OrderUpdatesQueue, Self::Bus, Self::SecretsPrefix];

    /// Where the address of a queue stands.
    pub fn of_queue(queue: QueueName) -> Self {
        match queue {
            QueueName::Inbound => Self::InboundQueue,
            QueueName::StockHints => Self::StockHintsQueue,
            QueueName::OrderUpdates => Self::OrderUpdatesQueue,
        }
    }

    /// The environment variable.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Table => "SLUIS_TABLE",
            Self::InboundQueue => "SLUIS_INBOUND_QUEUE_URL",
            Self::StockHintsQueue => "SLUIS_STOCK_HINTS_QUEUE_URL",
            Self::OrderUpdatesQueue => "SLUIS_ORDER_UPDATES_QUEUE_URL",
            Self::Bus => "SLUIS_BUS",
            Self::SecretsPrefix => "SLUIS_SECRETS_PREFIX",
            Self::PublicUrl => "SLUIS_PUBLIC_URL",
            Self::DocumentsBucket => "SLUIS_DOCUMENTS_BUCKET",
        }
    }

    /// What is wrong with a value, if anything is.
    fn complaint(self, value: &str) -> Option<&'static str> {
        let fits = match self {
            Self::Table | Self::Bus | Self::DocumentsBucket => !value.contains(char::is_whitespace),
            Self::InboundQueue | Self::StockHintsQueue | Self::OrderUpdatesQueue => {
                Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
            }
            Self::SecretsPrefix => value.starts_with('/') && !value.ends_with('/'),
            Self::PublicUrl => {
                !value.ends_with('/') && Url::parse(value).is_ok_and(|url| url.scheme() == "https" || is_loopback(&url))
            }
        };
        match self {
            _ if fits => None,
            Self::Table | Self::Bus | Self::DocumentsBucket => Some("has a blank in it"),
            Self::InboundQueue | Self::StockHintsQueue | Self::OrderUpdatesQueue => Some("is not the address of a queue"),
            Self::SecretsPrefix => Some("does not begin with a slash, or ends with one"),
            Self::PublicUrl => Some("does not begin with https://, or ends with a slash"),
        }
    }
}

/// Where functions may call out to. Not in the template: only the run against an emulator sets it, because its shops are
/// simulators on the same machine.
const REACH: &str = "SLUIS_REACH";
/// Where the AWS SDK finds an emulator; absent on AWS.
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// The public internet, unless an emulator on this machine stands for AWS and `SLUIS_REACH` says otherwise: so that nobody can
/// open the way inside on AWS.
fn reach(source: impl Fn(&str) -> Option<String>) -> std::result::Result<Reach, String> {
    let text = |name: &str| source(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let Some(wanted) = text(REACH) else { return Ok(Reach::PublicInternet) };
    let emulated = text(ENDPOINT).and_then(|url| Url::parse(&url).ok()).is_some_and(|url| is_loopback(&url));
    match wanted.as_str() {
        "loopback" if emulated => Ok(Reach::AndLoopback),
        "loopback" => Err(format!("{REACH} is for emulators, and {ENDPOINT} is no address of this machine; remove it")),
        _ => Err(format!("{REACH} can only be `loopback`, for emulators, or absent")),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(v4)) => v4.is_loopback(),
        Some(Host::Ipv6(v6)) => v6.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The settings of this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    values: BTreeMap<Setting, String>,
    reach: Reach,
}

impl Config {
    /// Reads the settings that the caller needs from the environment. The error names every one that is missing or wrong.
    #[expect(clippy::disallowed_methods, reason = "this is the one place where a function's settings are read")]
    pub fn load(needs: &[Setting]) -> Result<Self> {
        Self::read(needs, |variable| std::env::var(variable).ok())
    }

    /// As `load`, from anywhere.
    pub fn read(needs: &[Setting], source: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut values = BTreeMap::new();
        let mut complaints = vec![];
        for setting in needs.iter().copied() {
            let name = setting.variable();
            let value = source(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
            match value {
                None => complaints.push(format!("{name} is missing")),
                Some(value) => match setting.complaint(&value) {
                    Some(complaint) => complaints.push(format!("{name} {complaint}")),
                    None => {
                        values.insert(setting, value);
                    }
                },
            }
        }
        let reach = reach(&source).map_err(|complaint| complaints.push(complaint)).unwrap_or(Reach::PublicInternet);
        if complaints.is_empty() {
            return Ok(Self { values, reach });
        }
        let message =
            format!("{}; correct the function's variables in infra/template.yaml and deploy again", complaints.join(", "));
        Err(Error::new(ErrorKind::Configuration, "config.load", message))
    }

    /// Where functions may call out to: the public internet, on AWS always.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// A setting that was asked for when loading.
    pub fn get(&self, setting: Setting) -> Result<&str> {
        self.values.get(&setting).map(String::as_str).ok_or_else(|| {
            let message = format!("{} is used but was not among the settings the function said it needs", setting.variable());
            Error::new(ErrorKind::Bug, "config.get", message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(variable: &str) -> Option<String> {
        let value = match variable {
            "SLUIS_TABLE" | "SLUIS_BUS" => "sluis-shop",
            "SLUIS_INBOUND_QUEUE_URL" => "https://sqs.eu-central-1.amazonaws.com/000000000000/inbound",
            "SLUIS_STOCK_HINTS_QUEUE_URL" => "http://127.0.0.1:4566/000000000000/stock-hints",
            "SLUIS_ORDER_UPDATES_QUEUE_URL" => "http://127.0.0.1:4566/000000000000/order-updates",
            "SLUIS_SECRETS_PREFIX" => " /sluis/shop ",
            "SLUIS_PUBLIC_URL" => "https://hooks.example.test",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn what_the_template_gives_is_accepted() {
        let config = Config::read(Setting::OF_EVERY_FUNCTION, good).unwrap();
        assert_eq!(config.get(Setting::Table).unwrap(), "sluis-shop");
        assert_eq!(config.get(Setting::SecretsPrefix).unwrap(), "/sluis/shop");
        assert_eq!(config.get(Setting::PublicUrl).unwrap_err().kind, ErrorKind::Bug);
        assert!(Config::read(&[Setting::PublicUrl], good).is_ok());
    }

    #[test]
    fn everything_that_is_wrong_is_named_together() {
        let bad = |variable: &str| match variable {
            "SLUIS_TABLE" => Some("  ".to_owned()),
            "SLUIS_INBOUND_QUEUE_URL" => Some("inbound".to_owned()),
            "SLUIS_PUBLIC_URL" => Some("http://hooks.example.test".to_owned()),
            other => good(other),
        };
        let needs = [Setting::Table, Setting::InboundQueue, Setting::Bus, Setting::PublicUrl];
        let message = Config::read(&needs, bad).unwrap_err().message;
        for named in ["SLUIS_TABLE is missing", "SLUIS_INBOUND_QUEUE_URL is not", "SLUIS_PUBLIC_URL does not"] {
            assert!(message.contains(named), "{named} is not in: {message}");
        }
        assert!(!message.contains("SLUIS_BUS"), "{message}");
    }

    #[test]
    fn only_an_emulator_on_this_machine_opens_the_way_to_it() {
        let read = |reach: &str, endpoint: &str| {
            let values = BTreeMap::from([(REACH, reach.to_owned()), (ENDPOINT, endpoint.to_owned())]);
            Config::read(&[], |variable| values.get(variable).cloned()).map(|config| config.reach()).map_err(|e| e.message)
        };
        assert_eq!(Config::read(&[], |_| None).unwrap().reach(), Reach::PublicInternet);
        assert_eq!(read("", "http://127.0.0.1:4566").unwrap(), Reach::PublicInternet);
        assert_eq!(read("loopback", "http://127.0.0.1:4566").unwrap(), Reach::AndLoopback);
        for endpoint in ["", "https://sqs.eu-central-1.amazonaws.com", "http://169.254.169.254", "nonsense"] {
            assert!(read("loopback", endpoint).unwrap_err().contains("SLUIS_REACH is for emulators"), "{endpoint}");
        }
        for wrong in ["everywhere", "Loopback", "1"] {
            assert!(read(wrong, "http://127.0.0.1:4566").unwrap_err().contains("SLUIS_REACH can only be"), "{wrong}");
        }
    }

    #[test]
    fn what_is_not_needed_is_not_missed() {
        assert!(Config::read(&[], |_| None).is_ok());
    }
}
