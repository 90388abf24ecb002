//! What a merchant configures: `sluis.toml` and the catalogue it names. Reading names every mistake at once.

mod address;
mod bundle;
mod catalogue;
mod connection;
mod credentials;
mod file;
mod invoices;
mod leader;
mod location;
mod mistakes;
mod section;

pub use catalogue::Entry;
pub use connection::Connection;
pub use credentials::{ConfiguredSecrets, CredentialSource};
pub use invoices::Books;
pub use mistakes::{Mistake, Mistakes};

use domain::{LocationId, Quantity, StockSettings};
use engine::check_invoice_settings;
use engine::rows::{AttentionSettingsRow, InvoiceSettingsRow};
use location::Locations;
use ports::{Connectors, Reach};
use section::{Section, Source};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::de::DeTable;

/// A merchant, as configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// Their name, for people.
    pub merchant: String,
    /// Places that hold stock, the preferred one first.
    pub locations: Vec<LocationId>,
    /// How stock is published, over all connections.
    pub stock: StockSettings,
    /// When people are told.
    pub attention: AttentionSettingsRow,
    /// Who issues invoices, and how they look; `None`: nothing is invoiced here.
    pub invoices: Option<InvoiceSettingsRow>,
    /// Where its credentials are that keeps the books; what is kept of it in the table stands in `invoices`.
    pub books: Option<Books>,
    /// Channel accounts.
    pub connections: Vec<Connection>,
    /// Products.
    pub catalogue: Vec<Entry>,
    /// For one machine only.
    pub local: Local,
}

/// Settings of the stack on one machine.
#[derive(Debug, Clone, Default)]
pub struct Local {
    /// Where page and API are served.
    pub listen: Option<SocketAddr>,
    /// Further names under which page and API are asked, beside those that only this machine can mean.
    pub names: Vec<String>,
    /// Where deliveries of channels are taken; the port after that of the page if not given.
    pub hooks_listen: Option<SocketAddr>,
    /// Where channels reach `hooks_listen` from outside, if they can.
    pub public_url: Option<String>,
    /// Between two polls; the template's interval if not given.
    pub poll_every: Option<Duration>,
    /// Orders a minute that simulated customers place over all simulated shops.
    pub customers_per_minute: u32,
    /// How long a message that was handed out stays hidden at most; as long as the template says if not given. What died comes again
    /// sooner, and functions that are slow are overtaken.
    pub visibility: Option<Duration>,
}

/// Where the texts of a configuration come from.
pub struct Given<'a> {
    /// The configuration's name, for places in complaints.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Gives the text of the file it names, or says why not.
    pub open: &'a dyn Fn(&str) -> Result<String, String>,
    /// Where relative paths start.
    pub folder: PathBuf,
}

impl Config {
    /// Reads a file and what it names.
    pub fn read(path: &Path) -> Result<Self, Mistakes> {
        let name = path.display().to_string();
        let text = file::bounded(path, file::LARGEST_CONFIG).map_err(|error| {
            let mut mistakes = Mistakes::default();
            mistakes.add(name.as_str(), format!("cannot be read: {error}; `sluis.example.toml` shows how to write one"));
            mistakes
        })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let open = |named: &str| file::regular(&folder.join(named), file::LARGEST_CATALOGUE);
        Self::of(&Given { file: &name, text: &text, open: &open, folder: folder.clone() })
    }

    /// Reads texts.
    pub fn of(given: &Given<'_>) -> Result<Self, Mistakes> {
        let source = Source { file: given.file, text: given.text, mistakes: RefCell::default() };
        let (tree, errors) = DeTable::parse_recoverable(given.text);
        for error in errors {
            source.wrong(error.span().map_or(0, |s| s.start), format!("is not TOML: {}", error.message()));
        }
        let config = if source.mistakes.borrow().0.is_empty() { read(given, &source, tree.get_ref()) } else { None };
        let mistakes = source.mistakes.into_inner();
        match config {
            Some(config) if mistakes.0.is_empty() => Ok(config),
            _ => Err(mistakes),
        }
    }

    /// Whether all its channels are simulated, in this process: what is kept of them is gone when it ends.
    pub fn is_play(&self) -> bool {
        !self.connections.is_empty() && self.connections.iter().all(|c| c.simulated && c.base_url.is_none())
    }

    /// Whether nothing of it is real: all its channels are simulated, here or in another process.
    pub fn is_invented(&self) -> bool {
        !self.connections.is_empty() && self.connections.iter().all(|c| c.simulated)
    }

    /// What is no mistake, and should be seen to all the same.
    pub fn warnings(&self) -> Vec<String> {
        let all = self.connections.iter().flat_map(|c| c.credentials.iter().map(move |(name, source)| (c, name, source)));
        let open = all.filter_map(|(connection, name, source)| Some((connection, name, source.open_to_others()?)));
        let open = open.map(|(connection, name, path)| {
            format!(
                "connection {}: others on this machine may read or change `{name}` in {}; let only its owner: chmod 600",
                connection.id,
                path.display()
            )
        });
        let classes = self.catalogue.iter().filter_map(|entry| entry.vat_class.as_ref());
        let of_invoices = self.invoices.iter().flat_map(|settings| {
            let of_entities = invoices::doubtful(settings).chain(invoices::without_sums(settings));
            of_entities.chain(invoices::without_a_rate(settings, classes.clone()))
        });
        open.chain(of_invoices).collect()
    }

    /// Credentials, by connection.
    pub fn secrets(&self) -> ConfiguredSecrets {
        let of_channels = self.connections.iter().map(|c| (c.id.clone(), c.credentials.clone()));
        let of_books = self.books.iter().map(|books| (books.settings.connection.clone(), books.credentials.clone()));
        ConfiguredSecrets::new(of_channels.chain(of_books).collect())
    }
}

fn read(given: &Given<'_>, source: &Source<'_>, tree: &DeTable<'_>) -> Option<Config> {
    let root = Section::new(source, tree, given.file.to_owned(), 0);
    let merchant = root.inner("merchant");
    if merchant.is_none() {
        source.wrong(0, "[merchant] is missing, with `name` and `catalogue`");
    }
    let name: Option<String> = merchant.as_ref().and_then(|m| m.must("name", "My shop"));
    let Locations { all: locations, countries, places } = if let Some(merchant) = &merchant {
        location::read(merchant, &root)
    } else {
        // Read later, when there is a merchant whose places they are.
        drop(root.tables("location"));
        Locations::default()
    };
    let catalogue_file: Option<String> = merchant.as_ref().and_then(|m| m.must("catalogue", "catalogue.csv"));
    if let Some(merchant) = &merchant {
        merchant.finish();
    }
    let invoicing = root.inner("invoices");
    let books = invoicing.as_ref().and_then(|section| invoices::books(section, source, &given.folder));
    let invoices = invoicing.as_ref().map(|section| InvoiceSettingsRow {
        accounting: books.as_ref().map(|books| books.settings.clone()),
        ..invoices::read(section, places)
    });
    let mut connections = Vec::new();
    let mut names = BTreeSet::new();
    for section in root.tables("connection") {
        if section.given("id").is_some_and(|id| !names.insert(id)) {
            section.wrong("id", "is used by another connection too; each needs its own");
        }
        let read = connection::read(&section, source, &connectors::Registry.all(), &locations, &given.folder);
        let served = read.as_ref().map(|one| one.locations.as_slice()).unwrap_or_default();
        let connector = read.as_ref().and_then(|one| connectors::Registry.get(&one.channel));
        let terms = invoices::of_connection(&section, invoices.as_ref(), served, connector);
        connections.extend(read.map(|one| Connection { invoices: terms, ..one }));
        section.finish();
    }
    if let (Some(section), Some(books)) = (&invoicing, &books) {
        if names.contains(books.settings.connection.as_str()) {
            section.wrong("accounting", "has the `id` of a connection; each needs its own");
        }
        // Nothing that was sold goes into invented books, and nothing invented into real ones.
        if books.simulated && connections.iter().any(|one| one.base_url.is_some()) {
            section.wrong("accounting", "can be simulated only where all connections are, inside the process");
        } else if !books.simulated && connections.iter().any(|one| one.simulated && one.invoices.is_some()) {
            section.wrong(
                "accounting",
                "must be simulated where a connection is that is invoiced: invented sales are none for real books",
            );
        }
    }
    if let (Some(section), Some(settings)) = (&invoicing, &invoices) {
        // What is wrong by itself was told where it stands: this is about what does not fit together.
        let is_sound = source.mistakes.borrow().0.is_empty();
        let by_connection = connections.iter().filter_map(|one| Some((&one.id, one.invoices.as_ref()?)));
        if let (true, Err(error)) = (is_sound, check_invoice_settings(settings, by_connection)) {
            section.says(error.message);
        }
    }
    let stock = root.inner("stock").map(|section| read_stock(&section, &mut connections)).unwrap_or_default();
    let stock = StockSettings { countries, ..stock };
    let attention = root.inner("attention").map(|section| read_attention(&section)).unwrap_or_default();
    let in_process = connections.iter().filter(|c| c.base_url.is_none()).count();
    if in_process > 0 && in_process < connections.len() {
        let what = "either all connections or none may be simulated without `base_url`: shops inside the process forget their orders when it ends. Give the simulated ones a `base_url` and run `sluis simulator`";
        source.wrong(0, what);
    }
    let here = connections.iter().all(Connection::is_on_this_machine);
    let local = root.inner("local").map(|section| read_local(&section, here)).unwrap_or_default();
    root.finish();
    let entries = catalogue_file.map(|file| match (given.open)(&file) {
        Ok(text) => catalogue::read(&file, &text, &locations, &mut source.mistakes.borrow_mut()),
        Err(error) => {
            if let Some(merchant) = &merchant {
                merchant.wrong("catalogue", format!("names `{file}`, which cannot be read: {error}"));
            }
            Vec::new()
        }
    });
    Some(Config { merchant: name?, locations, stock, attention, invoices, books, connections, catalogue: entries?, local })
}

fn read_stock(section: &Section<'_, '_>, connections: &mut [Connection]) -> StockSettings {
    let below = section.number("quota_mode_below", 0, Quantity::MAX.units()).filter(|units| *units > 0);
    leader::read(section, below.is_some(), connections);
    section.finish();
    StockSettings { quota_mode_below: below.map(Quantity::clamped), ..StockSettings::default() }
}

fn read_attention(section: &Section<'_, '_>) -> AttentionSettingsRow {
    let minutes = section.number("failing_after_min", 1, 24 * 60).and_then(|minutes| u32::try_from(minutes).ok());
    section.finish();
    minutes.map_or_else(AttentionSettingsRow::default, |minutes| AttentionSettingsRow { failing_after_s: minutes * 60 })
}

/// Notes what is named twice: figures are summed over locations.
fn once(section: &Section<'_, '_>, locations: &[LocationId]) {
    let mut seen = BTreeSet::new();
    for twice in locations.iter().filter(|l| !seen.insert(*l)) {
        section.wrong("locations", format!("names `{twice}` twice"));
    }
}

/// A name of a machine, without a port.
struct HostName(String);

impl std::str::FromStr for HostName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
        if name { Ok(Self(text.to_ascii_lowercase())) } else { Err("write a name alone, such as sluis.example.test") }
    }
}

/// Channels are told it, and deliver there what nobody else should read.
fn public_url(section: &Section<'_, '_>, here: bool) -> Option<String> {
    let url: url::Url = section.may("public_url")?;
    let reach = if here { Reach::AndLoopback } else { Reach::PublicInternet };
    let advice = "give the address by which the channels reach this machine's `hooks_listen`";
    address::check(section, "public_url", &url, reach, ("this machine, where every shop is simulated or on it", advice));
    Some(url.as_str().trim_end_matches('/').to_owned())
}

/// `here`: all shops are on this machine, so that this is where they reach us.
fn read_local(section: &Section<'_, '_>, here: bool) -> Local {
    let seconds = |name, most| section.number(name, 1, most).and_then(|s| u64::try_from(s).ok()).map(Duration::from_secs);
    let local = Local {
        listen: section.may("listen"),
        names: section.list::<HostName>("names").unwrap_or_default().into_iter().map(|name| name.0).collect(),
        hooks_listen: section.may("hooks_listen"),
        public_url: public_url(section, here),
        poll_every: seconds("poll_every_s", 3600),
        customers_per_minute: section.number("customers_per_minute", 0, 6000).and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        visibility: seconds("visibility_s", 43_200),
    };
    section.finish();
    local
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
