//! Whether the key works, whose shop it is for, and what its user may not do.
//!
//! Nothing lists the roles of the key's own user, so what is read is tried, and what is written is not: a missing right to write shows with the
//! first write.

use super::{errors, orders, requests, settings, wire};
use crate::wire_text;
use ports::{Call, ErrorKind, Result, Verified};

const OPERATION: &str = "mirakl.verify";
/// What is only looked at, and the role that allows it.
const READS: [(&str, &str); 4] = [
    (orders::PATH, "ROLE_PARTNER_ORDER_READ"),
    ("/api/offers", "ROLE_PARTNER_OFFER_READ"),
    ("/api/shipping/carriers", "ROLE_PARTNER_SHIPPING_SETTINGS_READ"),
    ("/api/reasons", "ROLE_PARTNER_ORDER_SETTINGS_READ"),
];

/// Looks.
pub(super) async fn verify(call: &Call<'_>) -> Result<Verified> {
    let response = requests::get(call, OPERATION, "/api/account", &[]).await?;
    let shop: wire::Shop = wire_text::json(OPERATION, response.body())?;
    let mut missing_rights = Vec::new();
    for (path, role) in READS {
        // Lists of a whole operator have no pages.
        let query: requests::Query<'_> = if path == orders::PATH || path == "/api/offers" { &[("max", "1")] } else { &[] };
        match requests::get(call, OPERATION, path, query).await {
            Ok(_) => {}
            Err(error) if error.kind == ErrorKind::Forbidden => missing_rights.push(role.to_owned()),
            Err(error) => return Err(error),
        }
    }
    let state = shop.shop_state.text();
    if !matches!(state, "" | "OPEN") {
        missing_rights.push(format!("shop_state {}", errors::shortened(state)));
    }
    let title = settings::marketplace(call.account)?.title;
    let name = errors::shortened(shop.shop_name.text());
    let id = shop.shop_id.get().map(|id| format!(" ({id})")).unwrap_or_default();
    Ok(Verified { account: Some(format!("{name}{id}, {title}")), missing_rights })
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, run};
    use super::*;

    #[test]
    fn what_the_user_may_not_read_is_told_by_its_role_and_so_is_a_shop_that_is_not_open() {
        let shop = r#"{"shop_id":2041,"shop_name":"Verzonnen","shop_state":"SUSPENDED"}"#;
        let denied = (403, r#"{"message":"Forbidden","status":403}"#);
        let canned = Canned::new(&[(200, shop), denied, (200, "{}"), (200, "{}"), (200, "{}")]);
        let mut account = account();
        account.settings.insert(settings::MARKETPLACE.into(), "blokker-connect".into());
        let found = run(verify(&call(&canned, &account))).unwrap();
        assert_eq!(found.account.as_deref(), Some("Verzonnen (2041), Blokker Connect!"));
        assert_eq!(found.missing_rights, ["ROLE_PARTNER_ORDER_READ", "shop_state SUSPENDED"]);
    }
}
