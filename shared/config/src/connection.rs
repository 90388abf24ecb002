//! One `[[connection]]`: held against what its channel says that it needs.

use super::address;
use super::credentials::CredentialSource;
use super::section::{Section, Source};
use domain::{ChannelId, ConnectionId, LocationId, MOST_SHARE, MatchBy, Percentage, Publishing, Quantity, StockRule};
use engine::rows::{ConnectionInvoices, ConnectionRow};
use jiff::Timestamp;
use ports::{Account, Connector, Descriptor, LOCATION_SETTING, Reach};
use std::collections::BTreeMap;
use std::path::Path;
use toml::de::DeValue;

/// What a connection is called whose own name cannot be read.
const NAMELESS: &str = "webshop";

/// A channel account, as configured.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its name.
    pub id: ConnectionId,
    /// The channel.
    pub channel: ChannelId,
    /// Start of all its addresses, without a slash at the end. `None`: simulated inside the process, at a port found then.
    pub base_url: Option<String>,
    /// Whether it is played by a simulator.
    pub simulated: bool,
    /// Further settings.
    pub settings: BTreeMap<String, String>,
    /// Where its credentials are.
    pub credentials: BTreeMap<String, CredentialSource>,
    /// The locations that serve it, the preferred one first.
    pub locations: Vec<LocationId>,
    /// What it is shown of the stock.
    pub rule: StockRule,
    /// Orders before this instant are not taken in; `None`: from the first start on.
    pub orders_since: Option<Timestamp>,
    /// Whether it is told figures from the first start on; otherwise it only imports until the merchant says so.
    pub publish_at_once: bool,
    /// Whether what its staff change there is taken as a correction of stock.
    pub leads: bool,
    /// How its items are matched to products.
    pub match_by: MatchBy,
    /// How its orders are invoiced; `None`: not here.
    pub invoices: Option<ConnectionInvoices>,
}

impl Connection {
    /// Whether its shop is on this machine: simulated, or tried out here.
    pub(super) fn is_on_this_machine(&self) -> bool {
        self.base_url.as_ref().is_none_or(|url| url::Url::parse(url).is_ok_and(|url| is_loopback(&url)))
    }

    /// As the table keeps it. `{base_url}` in a setting stands for the address, which for a simulated shop may not be known before.
    pub fn to_row(&self, base_url: &str, now: Timestamp) -> ConnectionRow {
        let settings = self.settings.iter().map(|(name, text)| (name.clone(), text.replace("{base_url}", base_url)));
        ConnectionRow {
            id: self.id.clone(),
            channel: self.channel.clone(),
            base_url: base_url.to_owned(),
            settings: settings.collect(),
            locations: self.locations.clone(),
            rule: self.rule.clone(),
            // Some channels tell whole seconds: an order of this very second must not count as one from before.
            orders_since: self.orders_since.unwrap_or_else(|| Timestamp::from_second(now.as_second()).unwrap_or(now)),
            publishing: if self.publish_at_once { Publishing::All } else { Publishing::None },
            leads: self.leads,
            match_by: self.match_by,
            invoices: self.invoices.clone(),
        }
    }
}

/// Reads one. What is wrong with one field keeps no other from being looked at.
pub(super) fn read(
    section: &Section<'_, '_>,
    source: &Source<'_>,
    known: &[&dyn Connector],
    locations: &[LocationId],
    folder: &Path,
) -> Option<Connection> {
    let id: Option<ConnectionId> = section.must("id", "webshop-nl");
    let name: Option<ChannelId> = section.must("channel", known.first().map_or("name", |c| c.descriptor().id));
    let channel = name.as_ref().and_then(|name| known.iter().find(|c| c.descriptor().id == name.as_str()));
    if let (Some(name), None) = (&name, channel) {
        let names: Vec<_> = known.iter().map(|c| c.descriptor().id).collect();
        section.wrong("channel", format!("is wrong: this build knows no `{name}`; known are {}", names.join(", ")));
    }
    let simulated = section.flag("simulated");
    let base_url = base_url(section, simulated, section.flag("on_this_machine"));
    let served: Vec<LocationId> = section.list("locations").unwrap_or_else(|| locations.to_vec());
    super::once(section, &served);
    for location in &served {
        if !locations.contains(location) {
            section.wrong("locations", format!("names `{location}`, which is not among the merchant's locations"));
        }
    }
    let rule = section.inner("rule").map(|rule| read_rule(&rule)).unwrap_or_default();
    let orders_since = section.may("orders_since");
    // A simulated shop is there to be told, unless somebody wants to see how one is that is not yet.
    let publish_at_once = if section.is_given("publish_at_once") { section.flag("publish_at_once") } else { simulated };
    let match_by = section.may("match").unwrap_or_default();
    let given = section.inner("settings");
    let mut settings = given.as_ref().map(|given| texts(given, source)).unwrap_or_default();
    if let Some(given) = &given {
        token_url(given, simulated || section.flag("on_this_machine"));
    }
    if simulated && channel.is_some_and(|channel| gives_tokens_elsewhere(channel.descriptor())) {
        settings.entry(TOKEN_URL.to_owned()).or_insert_with(|| "{base_url}/token".to_owned());
    }
    let credentials = section.inner("credentials").map(|s| sources(&s, source, folder)).unwrap_or_default();
    let mut told = Told { id: id.as_ref(), simulated, settings, credentials };
    if let Some(channel) = channel {
        let single = channel.stock().and_then(|stock| stock.descriptor().locations);
        told.needs(section, channel.descriptor(), single);
        if single.is_some() {
            told.places(section, locations, &served);
        }
        told.check(section, *channel, base_url.as_deref());
    }
    let Told { settings, credentials, .. } = told;
    Some(Connection {
        id: id?,
        channel: name?,
        base_url,
        simulated,
        settings,
        credentials,
        locations: served,
        rule,
        orders_since,
        publish_at_once,
        leads: false,
        match_by,
        invoices: None,
    })
}

/// The setting that says where a channel gives tokens, for channels that give them at an address of their own.
const TOKEN_URL: &str = "token_url";

/// A simulated shop gives its tokens itself: nothing of it may reach the real channel.
fn gives_tokens_elsewhere(descriptor: &Descriptor) -> bool {
    descriptor.settings.iter().any(|(name, _)| *name == TOKEN_URL)
}

/// Credentials are sent there: it is judged as the shop's own address is.
fn token_url(settings: &Section<'_, '_>, inside: bool) {
    // Behind `{base_url}` lies what is judged already.
    if settings.given(TOKEN_URL).is_none_or(|text| text.starts_with("{base_url}/")) {
        return;
    }
    let Some(url) = settings.may::<url::Url>(TOKEN_URL) else { return };
    let reach = if inside { Reach::AndLoopback } else { Reach::PublicInternet };
    let advice = "credentials are sent there: give the channel's own address, or leave it out";
    address::check(settings, TOKEN_URL, &url, reach, ("simulators on this machine", advice));
}

/// What a channel is told of an account.
pub(super) struct Told<'a> {
    /// Its name, where that can be read.
    pub(super) id: Option<&'a ConnectionId>,
    pub(super) simulated: bool,
    pub(super) settings: BTreeMap<String, String>,
    pub(super) credentials: BTreeMap<String, CredentialSource>,
}

fn is_loopback(url: &url::Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

fn base_url(section: &Section<'_, '_>, simulated: bool, inside: bool) -> Option<String> {
    if simulated && section.text("base_url").is_none() {
        return None;
    }
    let url: url::Url = section.must("base_url", "https://shop.example.test")?;
    let loopback = is_loopback(&url);
    let reach = if simulated || inside { Reach::AndLoopback } else { Reach::PublicInternet };
    let advice =
        "give the address by which everybody reaches the shop (for one that you try out on this machine: on_this_machine = true)";
    address::check(section, "base_url", &url, reach, ("simulators on this machine", advice));
    if simulated && !(loopback && url.port().is_some()) {
        section.wrong("base_url", "of a simulated shop must be on this machine, with a port: http://127.0.0.1:9001");
    }
    Some(url.as_str().trim_end_matches('/').to_owned())
}

impl Told<'_> {
    /// What the channel needs is there, and nothing that it does not know. A simulated shop takes invented credentials.
    pub(super) fn needs(&mut self, section: &Section<'_, '_>, descriptor: &Descriptor, single: Option<&'static str>) {
        for name in descriptor.credentials {
            if self.credentials.contains_key(*name) {
                continue;
            }
            if self.simulated {
                self.credentials.insert((*name).to_owned(), invented(name));
            } else {
                let example = variable(self.id, name);
                section.wrong("credentials", format!("lacks `{name}`; for example {name} = {{ env = \"{example}\" }}"));
            }
        }
        let known = [descriptor.credentials, descriptor.further_credentials].concat();
        for name in self.credentials.keys().filter(|n| !known.contains(&n.as_str())) {
            section.wrong("credentials", format!("has `{name}`; {} knows {}", descriptor.title, known.join(", ")));
        }
        let by_place = single.filter(|_| self.settings.keys().any(|name| name.starts_with(LOCATION_SETTING)));
        for (name, needed) in descriptor.settings {
            // The one place is not needed where several are named.
            if *needed && by_place != Some(*name) && !self.settings.contains_key(*name) {
                if self.simulated {
                    self.settings.insert((*name).to_owned(), "1".to_owned());
                } else {
                    section.wrong("settings", format!("lacks `{name}`, which {} needs", descriptor.title));
                }
            }
        }
        let known: Vec<_> = descriptor.settings.iter().map(|(name, _)| *name).collect();
        let free = |name: &str| name.starts_with("carrier.") || (single.is_some() && name.starts_with(LOCATION_SETTING));
        for name in self.settings.keys().filter(|n| !known.contains(&n.as_str()) && !free(n)) {
            section.wrong("settings", format!("has `{name}`; {} knows {}", descriptor.title, known.join(", ")));
        }
    }

    /// What maps a location maps one that serves the connection, to a place that no other is mapped to.
    fn places(&self, section: &Section<'_, '_>, locations: &[LocationId], serve: &[LocationId]) {
        let mut theirs: Vec<&str> = Vec::new();
        let mut served = 0;
        for (name, place) in &self.settings {
            let Some(ours) = name.strip_prefix(LOCATION_SETTING) else { continue };
            if !locations.iter().any(|location| location.as_str() == ours) {
                section.wrong("settings", format!("has `{name}`, and `{ours}` is not among the merchant's locations"));
            }
            if theirs.contains(&place.as_str()) {
                section.wrong(
                    "settings",
                    format!("has `{name}` = \"{place}\", which another location has already; each needs its own"),
                );
            }
            theirs.push(place);
            served += usize::from(serve.iter().any(|location| location.as_str() == ours));
        }
        if served == 0 && !theirs.is_empty() {
            section.wrong("settings", "map no location that serves the connection; map one of its `locations`");
        }
    }

    /// What the channel itself says of values: a secret that it would not sign with, a setting that means nothing to it. What cannot be had
    /// is told of already.
    pub(super) fn check(&self, section: &Section<'_, '_>, channel: &dyn Connector, base_url: Option<&str>) {
        let read = |(name, source): (&String, &CredentialSource)| Some((name.clone(), source.read().ok()?));
        let (Ok(connection), Ok(id)) = (ConnectionId::new(NAMELESS), ChannelId::new(channel.descriptor().id)) else { return };
        let account = Account {
            connection: self.id.cloned().unwrap_or(connection),
            channel: id,
            // An address that is wrong is told of where it stands.
            base_url: base_url.filter(|url| url.starts_with("http")).unwrap_or("https://shop.example.test").to_owned(),
            settings: self.settings.clone(),
            credentials: self.credentials.iter().filter_map(read).collect(),
        };
        let prefix = format!("connection {}: ", account.connection);
        for flaw in channel.check(&account) {
            section.says(flaw.message.strip_prefix(&prefix).unwrap_or(&flaw.message));
        }
    }
}

/// Letters only: some channels take no others in a secret.
fn invented(name: &str) -> CredentialSource {
    CredentialSource::Invented(format!("invented{}", name.replace('_', "")))
}

fn variable(connection: Option<&ConnectionId>, name: &str) -> String {
    format!("{}_{name}", connection.map_or(NAMELESS, ConnectionId::as_str)).replace('-', "_").to_uppercase()
}

fn read_rule(section: &Section<'_, '_>) -> StockRule {
    let most = Quantity::MAX.units();
    let usual = StockRule::default();
    let units = |name| section.number(name, 0, most).map_or(Quantity::ZERO, Quantity::clamped);
    let rule = StockRule {
        safety_stock: units("safety_stock"),
        percentage: section.number("percentage", 0, 100).and_then(|n| Percentage::new(n).ok()).unwrap_or(usual.percentage),
        pre_order: units("pre_order"),
        maximum: section.number("maximum", 0, most).map(Quantity::clamped),
        minimum: units("minimum"),
        paused: section.flag("paused"),
        weight: section.number("weight", 0, MOST_SHARE.into()).and_then(|n| u32::try_from(n).ok()).unwrap_or(usual.weight),
        start_tracking: section.flag("start_tracking"),
    };
    if let Err(invalid) = rule.check() {
        section.wrong(invalid.field, format!("is wrong: expected {}", invalid.expected));
    }
    section.finish();
    rule
}

pub(super) fn texts(section: &Section<'_, '_>, source: &Source<'_>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, at, value) in section.pairs() {
        match value.as_str() {
            Some(text) => drop(found.insert(name.to_owned(), text.to_owned())),
            None => source.wrong(at, format!("{}: `{name}` must be a text in quotes", section.name)),
        }
    }
    found
}

pub(super) fn sources(section: &Section<'_, '_>, source: &Source<'_>, folder: &Path) -> BTreeMap<String, CredentialSource> {
    let mut found = BTreeMap::new();
    for (name, at, value) in section.pairs() {
        let one = one_source(value, folder);
        let wrong = match &one {
            Some(one) => one.read().err().map(|why| format!("cannot be had: {why}")),
            None => Some("must say where it is: { env = \"NAME\" } or { file = \"path\" }".to_owned()),
        };
        if let Some(wrong) = wrong {
            source.wrong(at, format!("{}: `{name}` {wrong}", section.name));
        }
        // Kept even if it is wrong, so that it is not called missing as well.
        found.insert(name.to_owned(), one.unwrap_or(CredentialSource::Env(String::new())));
    }
    found
}

fn one_source(value: &DeValue<'_>, folder: &Path) -> Option<CredentialSource> {
    let table = value.as_table().filter(|t| t.len() == 1)?;
    let (name, value) = table.iter().next()?;
    let text = value.get_ref().as_str()?;
    match name.get_ref().as_ref() {
        "env" => Some(CredentialSource::Env(text.to_owned())),
        "file" => Some(CredentialSource::File(folder.join(text))),
        _ => None,
    }
}
