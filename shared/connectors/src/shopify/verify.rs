//! Whether the token works, of which shop it is, and which of the permissions that Sluis needs the app was not given.

use super::graphql::{self, Installed, installed};
use ports::{Call, Result, Verified};
use std::collections::BTreeSet;

const OPERATION: &str = "shopify.verify";

/// With one of them missing Shopify refuses whole documents.
const NEEDED: [&str; 11] = [
    "read_orders",
    "write_orders",
    "read_products",
    "write_products",
    "read_locations",
    "read_inventory",
    "write_inventory",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
    "read_returns",
    "write_returns",
];

/// Asks what the app was given.
pub(super) async fn verify(call: &Call<'_>) -> Result<Verified> {
    let found = graphql::send::<Installed>(call, OPERATION, installed::Variables {}, false).await?;
    let given: BTreeSet<String> = found.current_app_installation.access_scopes.into_iter().map(|scope| scope.handle).collect();
    Ok(Verified { account: Some(found.shop.myshopify_domain), missing_rights: missing(&given) })
}

/// Whoever may write a thing may read it: Shopify then names only the writing.
fn missing(given: &BTreeSet<String>) -> Vec<String> {
    let has = |right: &str| {
        given.contains(right) || right.strip_prefix("read_").is_some_and(|thing| given.contains(&format!("write_{thing}")))
    };
    NEEDED.iter().filter(|right| !has(right)).map(|right| (*right).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_given_is_named_and_writing_includes_reading() {
        let given = |rights: &[&str]| rights.iter().map(|right| (*right).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(missing(&given(&NEEDED)), Vec::<String>::new());
        let writes: Vec<&str> =
            NEEDED.into_iter().filter(|right| right.starts_with("write_") || *right == "read_locations").collect();
        assert_eq!(missing(&given(&writes)), Vec::<String>::new());
        let few: Vec<&str> =
            NEEDED.into_iter().filter(|right| !right.ends_with("_returns") && *right != "write_inventory").collect();
        assert_eq!(missing(&given(&few)), ["write_inventory", "read_returns", "write_returns"]);
    }
}
