//! What a word of the shop for the state of an order means: the shop's own words, and those of plugins.

use crate::woocommerce::snapshot::was_completed;
use crate::woocommerce::wire::Order;
use ports::{Account, Error, ErrorKind, Result};
use std::collections::BTreeSet;

/// The connection's settings: statuses of plugins that promise units, and those that are no orders yet.
pub(super) const CLAIMING: &str = "claiming_statuses";
pub(super) const DRAFTS: &str = "draft_statuses";

/// The shop's own words. A connection's settings cannot change what they mean.
const CORE: [&str; 10] =
    ["pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "checkout-draft", "auto-draft", "trash"];

/// What a status means for stock; see the table in the README.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Units are promised.
    Claims,
    /// Units have left.
    Left,
    /// Paid back whole.
    PaidBack,
    /// Nothing is promised: not yet, or not any more.
    Nothing,
    /// It is no order yet.
    Draft,
}

/// What the merchant says of the statuses of plugins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Statuses {
    claiming: BTreeSet<String>,
    drafts: BTreeSet<String>,
}

impl Statuses {
    /// As the connection's settings have them.
    pub(super) fn of(account: &Account) -> Result<Self> {
        match Self::flaws(account).into_iter().next() {
            None => Ok(Self { claiming: named(account, CLAIMING), drafts: named(account, DRAFTS) }),
            Some(flaw) => Err(flaw),
        }
    }

    /// All that is wrong with these settings.
    pub(super) fn flaws(account: &Account) -> Vec<Error> {
        let (claiming, drafts) = (named(account, CLAIMING), named(account, DRAFTS));
        let core = |setting: &'static str, words: &BTreeSet<String>| {
            let core: Vec<_> = words.iter().filter(|word| is_core(word)).map(|word| format!("`{word}`")).collect();
            let what = format!("names {}, whose meaning WooCommerce itself gives", core.join(", "));
            (!core.is_empty()).then(|| wrong(account, setting, &what))
        };
        let both: Vec<_> = claiming.intersection(&drafts).map(|word| format!("`{word}`")).collect();
        let what = format!("names {}, and so does `{CLAIMING}`", both.join(", "));
        let both = (!both.is_empty()).then(|| wrong(account, DRAFTS, &what));
        [core(CLAIMING, &claiming), core(DRAFTS, &drafts), both].into_iter().flatten().collect()
    }

    /// What the order's status means. One that nobody explained is judged by what the shop did: an order whose units it took off its own
    /// stock, or that was paid, is one; a quote or an open till is neither.
    pub(super) fn meaning(&self, order: &Order) -> Meaning {
        match order.status.text() {
            "completed" => Meaning::Left,
            "refunded" => Meaning::PaidBack,
            "pending" | "failed" | "cancelled" | "trash" => Meaning::Nothing,
            "checkout-draft" | "auto-draft" => Meaning::Draft,
            "processing" | "on-hold" => Meaning::Claims,
            // A step after completion, such as `delivered`.
            _ if was_completed(order) => Meaning::Left,
            other if self.drafts.contains(other) => Meaning::Draft,
            other if self.claiming.contains(other) => Meaning::Claims,
            _ if order.is_sold() => Meaning::Claims,
            _ => Meaning::Draft,
        }
    }
}

/// The words of a setting.
fn named(account: &Account, setting: &str) -> BTreeSet<String> {
    let words = account.settings.get(setting).map_or("", String::as_str).split(',').map(str::trim);
    words.filter(|word| !word.is_empty()).map(|word| word.strip_prefix("wc-").unwrap_or(word).to_owned()).collect()
}

/// Whether it is one of the shop's own words, which mean the same whatever the settings say.
pub(super) fn is_core(status: &str) -> bool {
    CORE.contains(&status)
}

fn wrong(account: &Account, setting: &str, what: &str) -> Error {
    let message = format!("connection {}: the setting `{setting}` {what}", account.connection);
    Error::new(ErrorKind::Configuration, "woocommerce.statuses", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::woocommerce::snapshot;
    use serde_json::json;

    fn order(status: &str, more: serde_json::Value) -> Order {
        let mut order = json!({ "id": 602, "status": status, "date_created_gmt": "2026-11-29T12:00:00",
            "date_modified_gmt": "2026-11-29T12:00:00", "line_items": [{ "id": 1, "product_id": 11, "quantity": 4, "sku": "CORD" }] });
        if let serde_json::Value::Object(more) = more {
            order.as_object_mut().unwrap().extend(more);
        }
        serde_json::from_value(order).unwrap()
    }

    fn settings(claiming: &str, drafts: &str) -> Result<Statuses> {
        let settings = [(CLAIMING.to_owned(), claiming.to_owned()), (DRAFTS.to_owned(), drafts.to_owned())];
        Statuses::of(&Account {
            connection: domain::ConnectionId::new("shop").unwrap(),
            channel: domain::ChannelId::new("woocommerce").unwrap(),
            base_url: String::new(),
            settings: settings.into(),
            credentials: std::collections::BTreeMap::new(),
        })
    }

    /// Units promised, and whether it is no order yet.
    fn told(order: &Order, statuses: &Statuses) -> (i64, bool) {
        let snapshot = snapshot::of(order, &[], statuses, false).unwrap();
        (snapshot.lines[0].ordered.units() - snapshot.lines[0].cancelled.units(), snapshot.draft)
    }

    #[test]
    fn quotes_open_tills_and_checkouts_are_no_orders_until_they_are() {
        let usual = Statuses::default();
        for draft in ["quote", "ywraq-new", "pos-open", "checkout-draft", "auto-draft"] {
            assert_eq!(told(&order(draft, json!({})), &usual), (0, true), "{draft}");
        }
        for status in ["processing", "on-hold"] {
            assert_eq!(told(&order(status, json!({})), &usual), (4, false), "{status}");
        }
        for status in ["pending", "failed", "cancelled", "trash"] {
            assert_eq!(told(&order(status, json!({})), &usual), (0, false), "{status} is an order, and promises nothing");
        }
    }

    #[test]
    fn a_status_that_nobody_explained_is_judged_by_what_the_shop_did() {
        let usual = Statuses::default();
        let taken = |units: serde_json::Value| {
            let meta = json!([{ "id": 7, "key": "_reduced_stock", "value": units }]);
            json!({ "line_items": [{ "id": 1, "product_id": 11, "quantity": 4, "sku": "CORD", "meta_data": meta }] })
        };
        assert_eq!(told(&order("ready-to-pick", taken("4".into())), &usual), (4, false));
        assert_eq!(told(&order("ready-to-pick", taken(4.into())), &usual), (4, false));
        assert_eq!(told(&order("ready-to-pick", taken("0".into())), &usual), (0, true), "put back again");
        let paid = json!({ "date_paid_gmt": "2026-11-29T12:05:00" });
        assert_eq!(told(&order("ready-to-pick", paid), &usual), (4, false), "the shop need not count what it sells");
        let sent = json!({ "date_completed_gmt": "2026-11-29T12:05:00" });
        assert_eq!(usual.meaning(&order("delivered", sent)), Meaning::Left);
    }

    #[test]
    fn the_merchant_says_which_statuses_promise_units() {
        let said = settings("wc-backorder, ready-to-pick", "wc-quote").unwrap();
        assert_eq!(told(&order("backorder", json!({})), &said), (4, false));
        assert_eq!(told(&order("ready-to-pick", json!({})), &said), (4, false));
        let paid = json!({ "date_paid_gmt": "2026-11-29T12:05:00" });
        assert_eq!(told(&order("quote", paid), &said), (0, true), "whatever the shop did");
        for (claiming, drafts, field) in [("pending", "", CLAIMING), ("", "wc-completed", DRAFTS), ("quote", "quote", DRAFTS)] {
            let refused = settings(claiming, drafts).unwrap_err();
            assert!(refused.message.contains(&format!("`{field}`")), "{refused}");
        }
    }
}
