//! One `[[connection]]`: held against what its channel says that it needs.

use super::credentials::CredentialSource;
use super::section::{Section, Source};
use domain::{ChannelId, ConnectionId, LocationId, MOST_SHARE, MatchBy, Percent, Publishing, Quantity, StockRule};
use engine::rows::ConnectionRow;
use jiff::Timestamp;
use ports::{Channel, Descriptor, PLACE_SETTING, Reach};
use std::collections::BTreeMap;
use std::path::Path;
use toml::de::DeValue;

/// A channel account, as configured.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its name.
    pub id: ConnectionId,
    /// The channel.
    pub channel: ChannelId,
    /// Start of all its addresses, without a slash at the end. `None`: simulated inside the process, at a port found then.
    pub base_url: Option<String>,
    /// Whether its far side is a simulator.
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
}

impl Connection {
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
            publishing: if self.publish_at_once { Publishing::All } else { Publishing::Nothing },
            leads: self.leads,
            match_by: self.match_by,
        }
    }
}

pub(super) fn read(
    section: &Section<'_, '_>,
    source: &Source<'_>,
    known: &[&dyn Channel],
    locations: &[LocationId],
    folder: &Path,
) -> Option<Connection> {
    let id: Option<ConnectionId> = section.must("id", "webshop-nl");
    let channel: Option<ChannelId> = section.must("channel", known.first().map_or("name", |c| c.descriptor().id));
    let descriptor = channel.as_ref().and_then(|c| known.iter().map(|k| k.descriptor()).find(|d| d.id == c.as_str()));
    if let (Some(channel), None) = (&channel, descriptor) {
        let names: Vec<_> = known.iter().map(|c| c.descriptor().id).collect();
        section.wrong("channel", format!("is wrong: this build knows no `{channel}`; known are {}", names.join(", ")));
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
    let publish_at_once = section.flag("publish_at_once") || simulated;
    let settings = section.inner("settings").map(|s| texts(&s, source)).unwrap_or_default();
    let credentials = section.inner("credentials").map(|s| sources(&s, source, folder)).unwrap_or_default();
    let mut one = Connection {
        id: id?,
        channel: channel?,
        base_url,
        simulated,
        settings,
        credentials,
        locations: served,
        rule,
        orders_since,
        publish_at_once,
        leads: false,
        match_by: section.may("match").unwrap_or_default(),
    };
    let descriptor = descriptor?;
    needs(section, &mut one, descriptor);
    if descriptor.places.is_some() {
        places(section, &one, locations);
    }
    Some(one)
}

fn base_url(section: &Section<'_, '_>, simulated: bool, inside: bool) -> Option<String> {
    if simulated && section.text("base_url").is_none() {
        return None;
    }
    let url: url::Url = section.must("base_url", "https://shop.example.test")?;
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let reach = if simulated || inside { Reach::AndLoopback } else { Reach::PublicInternet };
    match reach.refuses(&url) {
        None => {}
        Some("does not begin with https://") => {
            section.wrong("base_url", "must start with https:// (http:// is for simulators on this machine)");
        }
        Some(why) => section.wrong(
            "base_url",
            format!("{why}; give the address by which everybody reaches the shop (for one that you try out on this machine: on_this_machine = true)"),
        ),
    }
    if url.query().is_some() || url.fragment().is_some() {
        section.wrong("base_url", "must end before any question mark or hash: paths are put behind it");
    }
    if simulated && !(loopback && url.port().is_some()) {
        section.wrong("base_url", "of a simulated shop must be on this machine, with a port: http://127.0.0.1:9001");
    }
    Some(url.as_str().trim_end_matches('/').to_owned())
}

/// What the channel needs is there, and nothing that it does not know. A simulated shop takes invented credentials.
fn needs(section: &Section<'_, '_>, one: &mut Connection, descriptor: &Descriptor) {
    for name in descriptor.credentials {
        if one.credentials.contains_key(*name) {
            continue;
        }
        if one.simulated {
            one.credentials.insert((*name).to_owned(), invented(name));
        } else {
            section.wrong(
                "credentials",
                format!("lacks `{name}`; for example {name} = {{ env = \"{}\" }}", variable(&one.id, name)),
            );
        }
    }
    let known = [descriptor.credentials, descriptor.further_credentials].concat();
    for name in one.credentials.keys().filter(|n| !known.contains(&n.as_str())) {
        section.wrong("credentials", format!("has `{name}`; {} knows {}", descriptor.title, known.join(", ")));
    }
    let by_place = descriptor.places.filter(|_| one.settings.keys().any(|name| name.starts_with(PLACE_SETTING)));
    for (name, needed) in descriptor.settings {
        // The one place is not needed where several are named.
        if *needed && by_place != Some(*name) && !one.settings.contains_key(*name) {
            if one.simulated {
                one.settings.insert((*name).to_owned(), "1".to_owned());
            } else {
                section.wrong("settings", format!("lacks `{name}`, which {} needs", descriptor.title));
            }
        }
    }
    let known: Vec<_> = descriptor.settings.iter().map(|(name, _)| *name).collect();
    let free = |name: &str| name.starts_with("carrier.") || (descriptor.places.is_some() && name.starts_with(PLACE_SETTING));
    for name in one.settings.keys().filter(|n| !known.contains(&n.as_str()) && !free(n)) {
        section.wrong("settings", format!("has `{name}`; {} knows {}", descriptor.title, known.join(", ")));
    }
}

/// What maps a location maps one that serves the connection, to a place that no other is mapped to.
fn places(section: &Section<'_, '_>, one: &Connection, locations: &[LocationId]) {
    let mut theirs: Vec<&str> = Vec::new();
    let mut served = 0;
    for (name, place) in &one.settings {
        let Some(ours) = name.strip_prefix(PLACE_SETTING) else { continue };
        if !locations.iter().any(|location| location.as_str() == ours) {
            section.wrong("settings", format!("has `{name}`, and `{ours}` is not among the merchant's locations"));
        }
        if theirs.contains(&place.as_str()) {
            section
                .wrong("settings", format!("has `{name}` = \"{place}\", which another location has already; each needs its own"));
        }
        theirs.push(place);
        served += usize::from(one.locations.iter().any(|location| location.as_str() == ours));
    }
    if served == 0 && !theirs.is_empty() {
        section.wrong("settings", "map no location that serves the connection; map one of its `locations`");
    }
}

/// Letters only: some channels take no others in a secret.
fn invented(name: &str) -> CredentialSource {
    CredentialSource::Invented(format!("invented{}", name.replace('_', "")))
}

fn variable(connection: &ConnectionId, name: &str) -> String {
    format!("{connection}_{name}").replace('-', "_").to_uppercase()
}

fn read_rule(section: &Section<'_, '_>) -> StockRule {
    let most = Quantity::MAX.units();
    let usual = StockRule::default();
    let units = |name| section.number(name, 0, most).map_or(Quantity::ZERO, Quantity::clamped);
    let rule = StockRule {
        safety_stock: units("safety_stock"),
        percent: section.number("percent", 0, 100).and_then(|n| Percent::new(n).ok()).unwrap_or(usual.percent),
        pre_order: units("pre_order"),
        most_shown: section.number("most_shown", 0, most).map(Quantity::clamped),
        least_shown: units("least_shown"),
        paused: section.flag("paused"),
        share: section.number("share", 0, MOST_SHARE.into()).and_then(|n| u32::try_from(n).ok()).unwrap_or(usual.share),
        start_tracking: section.flag("start_tracking"),
    };
    if let Err(invalid) = rule.check() {
        section.wrong(invalid.field, format!("is wrong: expected {}", invalid.expected));
    }
    section.finish();
    rule
}

fn texts(section: &Section<'_, '_>, source: &Source<'_>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, at, value) in section.pairs() {
        match value.as_str() {
            Some(text) => drop(found.insert(name.to_owned(), text.to_owned())),
            None => source.wrong(at, format!("{}: `{name}` must be a text in quotes", section.name)),
        }
    }
    found
}

fn sources(section: &Section<'_, '_>, source: &Source<'_>, folder: &Path) -> BTreeMap<String, CredentialSource> {
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
