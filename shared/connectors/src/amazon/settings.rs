//! What a merchant sets of a connection.

use super::marketplaces::{ALL, Marketplace};
use ports::{Account, Error, ErrorKind, RESTOCK_UNTOLD, Result};

/// The seller's own id (merchant token): every call about listings names it.
pub(super) const SELLER_ID: &str = "seller_id";
/// The store, by its country.
pub(super) const MARKETPLACE: &str = "marketplace";
/// The address of the queue in which Amazon leaves notifications.
pub(super) const NOTIFICATION_QUEUE: &str = "notification_queue";
/// Where tokens come from.
pub(super) const TOKEN_URL: &str = "token_url";

fn wrong(name: &'static str, text: &str, expected: &str) -> Error {
    Error::new(ErrorKind::Configuration, "setting", format!("{name}: got `{text}`, expected {expected}"))
}

/// The store that a connection sells in.
pub(super) fn marketplace(account: &Account) -> Result<Marketplace> {
    let Some(text) = account.settings.get(MARKETPLACE) else { return Ok(ALL[0]) };
    let known = || ALL.map(|one| format!("`{}`", one.name)).join(", ");
    ALL.into_iter().find(|one| one.name == text).ok_or_else(|| wrong(MARKETPLACE, text, &format!("one of {}", known())))
}

/// Whether cancelled units are on sale again, which an order does not tell. Left out, they are: what was cancelled was not sent.
pub(super) fn restocks_untold(account: &Account) -> Result<bool> {
    if account.settings.contains_key(RESTOCK_UNTOLD) { account.restocks_untold() } else { Ok(true) }
}

/// The name under which Amazon knows the queue; `None`: there is none.
pub(super) fn queue_arn(account: &Account) -> Result<Option<String>> {
    account.settings.get(NOTIFICATION_QUEUE).map(|address| arn(address)).transpose()
}

/// The ARN of a queue, of its address.
pub(super) fn arn(address: &str) -> Result<String> {
    let parts: Option<Vec<&str>> = address.strip_prefix("https://sqs.").map(|rest| rest.split('/').collect());
    let named = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if let Some([host, owner, name]) = parts.as_deref()
        && let Some(region) = host.strip_suffix(".amazonaws.com")
        && named(region)
        && named(name)
        && owner.len() == 12
        && owner.bytes().all(|b| b.is_ascii_digit())
    {
        return Ok(format!("arn:aws:sqs:{region}:{owner}:{name}"));
    }
    let expected =
        "the address of a standard queue of SQS, such as https://sqs.eu-west-1.amazonaws.com/123456789012/amazon-orders";
    Err(wrong(NOTIFICATION_QUEUE, address, expected))
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::account;
    use super::*;

    #[test]
    fn what_is_set_wrong_is_named_with_what_is_expected() {
        assert_eq!(marketplace(&account()).unwrap().id, "A1805IZSGTT6HS");
        for (name, text) in [
            (MARKETPLACE, "NL"),
            (MARKETPLACE, "us"),
            (NOTIFICATION_QUEUE, "queue://orders"),
            (NOTIFICATION_QUEUE, "https://sqs.eu-west-1.amazonaws.com/123456789012/orders.fifo"),
            (NOTIFICATION_QUEUE, "https://sqs.eu-west-1.amazonaws.com/12/orders"),
            (NOTIFICATION_QUEUE, "https://sqs.eu-west-1.example.test/123456789012/orders"),
        ] {
            let mut account = account();
            account.settings.insert(name.to_owned(), text.to_owned());
            let flaws = ports::Connector::check(&super::super::Amazon, &account);
            let [flaw] = flaws.as_slice() else { panic!("{name} {text}: {flaws:?}") };
            assert!(flaw.message.starts_with(&format!("{name}: got `{text}`, expected ")), "{}", flaw.message);
        }
    }

    #[test]
    fn a_queue_has_a_name_by_its_address() {
        let address = "https://sqs.eu-west-1.amazonaws.com/123456789012/amazon-orders";
        assert_eq!(arn(address).unwrap(), "arn:aws:sqs:eu-west-1:123456789012:amazon-orders");
    }
}
