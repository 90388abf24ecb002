//! The invented merchant, and the customers of simulated shops.

mod customers;

pub use customers::Customers;

use config::{Config, Given, Mistakes};

const CONFIG: &str = include_str!("../../demo/demo.toml");
const CATALOGUE: &str = include_str!("../../demo/catalogue.csv");

/// The invented merchant, compiled in.
pub fn merchant() -> Result<Config, Mistakes> {
    let open = |_: &str| Ok(CATALOGUE.to_owned());
    Config::of(&Given { file: "demo.toml", text: CONFIG, open: &open, folder: std::path::PathBuf::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_invented_merchant_is_without_mistakes_and_sells_on_every_channel_that_delivers_word_of_changes() {
        let merchant = merchant().unwrap();
        assert!(merchant.is_play() && merchant.catalogue.len() >= 40);
        let bundles: Vec<_> = merchant.catalogue.iter().filter(|entry| entry.is_bundle()).collect();
        assert!(bundles.len() >= 2 && bundles.iter().all(|entry| entry.item.ean.is_some()), "they are on sale");
        let sells: BTreeSet<_> = merchant.connections.iter().map(|c| c.channel.as_str().to_owned()).collect();
        // Where figures are taken once a minute, and orders wait for a word, a first look shows too little of what Sluis does.
        let all = ports::Connectors::all(&connectors::Registry);
        let delivers = |told: &dyn ports::Notifications| told.descriptor().from == ports::NotificationSource::Https;
        let tell = all.iter().filter(|c| c.notifications().is_some_and(delivers));
        let known: BTreeSet<_> = tell.map(|c| c.descriptor().id.to_owned()).collect();
        assert_eq!(sells, known);
    }
}
