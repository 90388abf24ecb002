//! What a merchant sets of a connection, and which marketplaces are known by name.

use jiff::SignedDuration;
use ports::{Account, Error, ErrorKind, RESTOCK_UNTOLD, Result};

/// The shop of a user who has several.
pub(super) const SHOP_ID: &str = "shop_id";
/// The marketplace by its name, where it is one of those that are known.
pub(super) const MARKETPLACE: &str = "marketplace";
/// After how many hours the operator takes an order for refused: no call tells it.
pub(super) const ACCEPT_WITHIN_HOURS: &str = "accept_within_hours";
/// The operator's code of the reason for a cancellation.
pub(super) const CANCEL_REASON: &str = "cancel_reason";

/// What is known of a marketplace beside what its own calls tell. Its address is never among it: hosts move, and a key must go nowhere that the
/// merchant did not write down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Preset {
    /// As in the setting `marketplace`.
    name: &'static str,
    /// For people.
    pub(super) title: &'static str,
}

const ANY: Preset = Preset { name: "", title: "the marketplace" };
const PRESETS: [Preset; 1] = [Preset { name: "blokker-connect", title: "Blokker Connect!" }];

fn wrong(name: &'static str, text: &str, expected: &str) -> Error {
    Error::new(ErrorKind::Configuration, "setting", format!("{name}: got `{text}`, expected {expected}"))
}

fn setting<'a>(account: &'a Account, name: &str) -> Option<&'a str> {
    account.settings.get(name).map(String::as_str)
}

/// The shop that every call is about; `None`: the user's only one, or the default one.
pub(super) fn shop_id(account: &Account) -> Result<Option<u64>> {
    let Some(text) = setting(account, SHOP_ID) else { return Ok(None) };
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let id = text.parse().ok().filter(|_| digits);
    id.map(Some).ok_or_else(|| wrong(SHOP_ID, text, "the number of the shop, such as 2041"))
}

/// Which marketplace it is.
pub(super) fn marketplace(account: &Account) -> Result<Preset> {
    let Some(text) = setting(account, MARKETPLACE) else { return Ok(ANY) };
    let known = PRESETS.map(|one| format!("`{}`", one.name)).join(", ");
    PRESETS
        .into_iter()
        .find(|one| one.name == text)
        .ok_or_else(|| wrong(MARKETPLACE, text, &format!("one of {known}; leave it out for any other")))
}

/// How long after it was placed an order waits for the merchant's word; `None`: that is not set.
pub(super) fn accept_within(account: &Account) -> Result<Option<SignedDuration>> {
    let Some(text) = setting(account, ACCEPT_WITHIN_HOURS) else { return Ok(None) };
    let hours = text.parse::<u16>().ok().filter(|hours| (1..=720).contains(hours));
    let hours = hours.ok_or_else(|| wrong(ACCEPT_WITHIN_HOURS, text, "a whole number of hours from 1 to 720"))?;
    Ok(Some(SignedDuration::from_hours(i64::from(hours))))
}

/// Whether cancelled units are on sale again, which an order does not tell. Left out, they are: a line is cancelled before it was sent.
pub(super) fn restocks_untold(account: &Account) -> Result<bool> {
    if account.settings.contains_key(RESTOCK_UNTOLD) { account.restocks_untold() } else { Ok(true) }
}

/// The operator's code of the reason for a cancellation, if the merchant chose one.
pub(super) fn cancel_reason(account: &Account) -> Option<&str> {
    setting(account, CANCEL_REASON)
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::account;
    use super::*;

    fn with(name: &str, text: &str) -> Account {
        let mut account = account();
        account.settings.insert(name.to_owned(), text.to_owned());
        account
    }

    #[test]
    fn what_is_set_wrong_is_named_with_what_is_expected() {
        assert_eq!(shop_id(&with(SHOP_ID, "2041")).unwrap(), Some(2041));
        assert_eq!(marketplace(&with(MARKETPLACE, "blokker-connect")).unwrap().title, "Blokker Connect!");
        assert_eq!(accept_within(&with(ACCEPT_WITHIN_HOURS, "48")).unwrap(), Some(SignedDuration::from_hours(48)));
        for (name, text) in [(SHOP_ID, "+1"), (SHOP_ID, ""), (MARKETPLACE, "blokker"), (ACCEPT_WITHIN_HOURS, "0")] {
            let account = with(name, text);
            let flaws = ports::Connector::check(&super::super::Mirakl, &account);
            let [flaw] = flaws.as_slice() else { panic!("{name} {text}: {flaws:?}") };
            assert!(flaw.message.starts_with(&format!("{name}: got `{text}`, expected ")), "{}", flaw.message);
        }
        assert!(restocks_untold(&account()).unwrap() && !restocks_untold(&with(RESTOCK_UNTOLD, "hold")).unwrap());
    }
}
