//! Whether the credentials work, whose store they are of, and which roles the application lacks.
//!
//! Nothing lists the roles of an application: what is read is tried, and what is refused names the role that it stands under. Restricted roles show only
//! in what orders leave out, and what is written shows with the first write.

use super::{listings, orders, requests, settings, wire};
use crate::lenient::{Items, one};
use crate::wire_text;
use ports::{Call, ErrorKind, Result, Verified};

const OPERATION: &str = "amazon.verify";
const STORES: &str = "/sellers/v1/marketplaceParticipations";
/// The roles, as Amazon's developer console calls them.
const INSIGHTS: &str = "Selling Partner Insights";
const ORDERS: &str = "Inventory and Order Tracking";
const LISTINGS: &str = "Product Listing";

/// Looks.
pub(super) async fn verify(call: &Call<'_>) -> Result<Verified> {
    let store = settings::marketplace(call.account)?;
    let seller = requests::segment(OPERATION, call.account.setting(settings::SELLER_ID)?)?;
    let mut missing_rights = Vec::new();
    let mut account = None;
    match requests::get(call, OPERATION, STORES, &[]).await {
        Ok(response) => {
            let told: wire::Payload<Items> = wire_text::json(OPERATION, response.body())?;
            let mut stores = told.payload.0.iter().filter_map(|json| one::<wire::Participation>(json));
            let own = stores.find(|one| one.marketplace.get().is_some_and(|at| at.0.id.text() == store.id));
            match own {
                Some(own) => {
                    account = Some(format!("{}, Amazon ({})", super::errors::shortened(own.store_name.text()), store.name));
                    let sells = own.participation.get();
                    let yes = |field: &crate::lenient::Field<bool>| field.get() == Some(&true);
                    if sells.is_some_and(|how| !yes(&how.0.is_participating) || yes(&how.0.has_suspended_listings)) {
                        missing_rights.push(format!("listings of marketplace {} are inactive", store.name));
                    }
                }
                None => missing_rights.push(format!("no store in marketplace {}", store.name)),
            }
        }
        Err(error) if error.kind == ErrorKind::Forbidden => missing_rights.push(INSIGHTS.to_owned()),
        Err(error) => return Err(error),
    }
    let before =
        call.now.saturating_sub(jiff::SignedDuration::from_mins(10)).map_or_else(|_| call.now.to_string(), |at| at.to_string());
    let orders: requests::Query<'_> = &[("lastUpdatedAfter", &before), ("marketplaceIds", store.id), ("maxResultsPerPage", "1")];
    let listings: requests::Query<'_> = &[("marketplaceIds", store.id), ("pageSize", "1")];
    let offered = format!("{}/{seller}", listings::PATH);
    for (path, query, role) in [(orders::PATH, orders, ORDERS), (offered.as_str(), listings, LISTINGS)] {
        match requests::get(call, OPERATION, path, query).await {
            Ok(_) => {}
            Err(error) if error.kind == ErrorKind::Forbidden => missing_rights.push(role.to_owned()),
            Err(error) => return Err(error),
        }
    }
    Ok(Verified { account, missing_rights })
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, run};
    use super::*;

    #[test]
    fn a_role_that_is_lacking_is_named_and_so_is_a_store_that_does_not_sell() {
        let denied =
            (403, r#"{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":""}]}"#);
        let stores = r#"{"payload":[{"marketplace":{"id":"A1805IZSGTT6HS"},"storeName":"Verzonnen Wonen",
            "participation":{"isParticipating":true,"hasSuspendedListings":true}}]}"#;
        let canned = Canned::new(&[(200, stores), denied, (200, "{}")]);
        let account = account();
        let found = run(verify(&call(&canned, &account))).unwrap();
        assert_eq!(found.account.as_deref(), Some("Verzonnen Wonen, Amazon (nl)"));
        assert_eq!(found.missing_rights, ["listings of marketplace nl are inactive", "Inventory and Order Tracking"]);
        let canned = Canned::new(&[denied, (200, "{}"), denied]);
        let found = run(verify(&call(&canned, &account))).unwrap();
        assert_eq!(found.missing_rights, ["Selling Partner Insights", "Product Listing"]);
    }
}
