//! What a merchant writes: `sluis.toml` and the catalogue it names.
//!
//! Beyond "no panic" must hold, for any two texts:
//! - a refusal names at least one mistake, each on one line, with its place;
//! - what is taken is sound: names are there once, a connection is served only by places that exist, and by each once (figures are
//!   summed over them), addresses are ones that may be called, every code of the catalogue is there once;
//! - a catalogue that is taken, written down again, is the same catalogue.
//!
//! An input is the configuration, a separator (`script::SEPARATOR`), and the catalogue.

use crate::script::SEPARATOR;
use config::{Config, Connection, Entry, Given, Mistakes};
use domain::LocationId;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::PathBuf;

/// The property.
pub fn hold(data: &[u8]) {
    let mut parts = data.split(|b| *b == SEPARATOR).map(String::from_utf8_lossy);
    let (text, catalogue) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    // Credentials may be in any file, and some files never end.
    if text.contains("/dev") || text.contains("/proc") {
        return;
    }
    match read(&text, &catalogue) {
        Ok(config) => {
            is_sound(&config);
            is_the_same_again(&config);
        }
        Err(mistakes) => can_be_told(&mistakes),
    }
}

fn read(text: &str, catalogue: &str) -> Result<Config, Mistakes> {
    let open = |_: &str| Ok(catalogue.to_owned());
    Config::of(&Given { file: "sluis.toml", text, open: &open, folder: PathBuf::from("nowhere") })
}

fn can_be_told(mistakes: &Mistakes) {
    assert!(!mistakes.0.is_empty(), "refused for no reason");
    for mistake in &mistakes.0 {
        let line = format!("{}: {}", mistake.place, mistake.what);
        assert!(!line.chars().any(char::is_control), "not one line: {line:?}");
        assert!(mistake.place.rsplit_once(':').is_some_and(|(_, line)| line.parse::<u64>().is_ok()), "no place: {line:?}");
    }
}

fn is_sound(config: &Config) {
    assert!(!config.locations.is_empty(), "no place holds stock");
    once(&config.locations);
    once(&config.connections.iter().map(|c| &c.id).collect::<Vec<_>>());
    once(&config.catalogue.iter().map(|e| &e.item.sku).collect::<Vec<_>>());
    config.connections.iter().for_each(|connection| is_sound_too(connection, &config.locations));
    for entry in &config.catalogue {
        assert!(entry.price_cents >= 0, "{entry:?}");
        assert!(entry.opening.keys().all(|l| config.locations.contains(l)), "{entry:?}");
    }
}

fn is_sound_too(connection: &Connection, locations: &[LocationId]) {
    once(&connection.locations);
    assert!(connection.locations.iter().all(|l| locations.contains(l)), "{connection:?}");
    assert!(connection.base_url.is_some() || connection.simulated, "nowhere to call: {connection:?}");
    if let Some(base) = &connection.base_url {
        let url = url::Url::parse(base).unwrap();
        let near = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        assert!(url.scheme() == "https" || (url.scheme() == "http" && near), "{base}");
        // Paths are put behind it as they are.
        assert!(!base.ends_with('/') && url.query().is_none() && url.fragment().is_none(), "no path fits behind {base}");
    }
}

fn once<T: Ord + Debug>(all: &[T]) {
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "something is there twice: {all:?}");
}

fn is_the_same_again(config: &Config) {
    let places: Vec<_> = config.locations.iter().map(LocationId::as_str).collect();
    let list = places.iter().map(|p| format!("\"{p}\"")).collect::<Vec<_>>().join(", ");
    let text = format!("[merchant]\nname = \"Again\"\nlocations = [{list}]\ncatalogue = \"c.csv\"\n");
    let again = read(&text, &written(&config.catalogue, &config.locations)).unwrap();
    assert_eq!(again.catalogue, config.catalogue);
}

fn written(catalogue: &[Entry], locations: &[LocationId]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns = ["sku", "title", "ean", "variant", "price"].into_iter();
    writer.write_record(columns.chain(locations.iter().map(LocationId::as_str))).unwrap();
    for entry in catalogue {
        let ean = entry.item.ean.as_ref().map(ToString::to_string).unwrap_or_default();
        let price = format!("{}.{:02}", entry.price_cents / 100, entry.price_cents % 100);
        let item = &entry.item;
        let fields = [item.sku.as_str(), &item.title, &ean, &item.variant, &price].map(str::to_owned);
        let units = locations.iter().map(|l| entry.opening.get(l).map(ToString::to_string).unwrap_or_default());
        writer.write_record(fields.into_iter().chain(units)).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}
