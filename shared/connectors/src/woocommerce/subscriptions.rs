//! Keeps the shop's webhooks in place.
//!
//! After seven failed deliveries WooCommerce switches a webhook off, and switching it on again does not reset its count: the very
//! next failure would switch it off once more. So one that is off is made anew, and the old one deleted after that. The secret of
//! a webhook cannot be read; one that signs with an old secret fails, is switched off, and so comes back with the right one.

use crate::woocommerce::auth;
use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::wire::Webhook;
use http::Method;
use ports::{Call, ErrorKind, Result, SubscriptionState, SubscriptionWant};
use serde_json::{Value, json};

const OPERATION: &str = "woocommerce.subscribe";

/// Makes what is missing, mends what is off or points elsewhere.
pub(super) async fn assert(call: &Call<'_>, want: &SubscriptionWant, topics: &[&'static str]) -> Result<SubscriptionState> {
    let secret = auth::webhook_secret(call.account)?;
    let present: Vec<Webhook> = requests::all(call, OPERATION, "/webhooks").await?;
    let mut state = SubscriptionState::default();
    for topic in topics {
        let name = format!("Sluis {} {topic}", call.account.connection);
        // Ours by name or by address: webhooks of others are left alone.
        let ours: Vec<_> =
            present.iter().filter(|w| w.topic == *topic && (w.name == name || w.delivery_url == want.url)).collect();
        let good = ours.iter().find(|w| w.status == "active" && w.delivery_url == want.url).map(|w| w.id);
        if good.is_none() {
            let body = json!({
                "name": name, "topic": topic, "delivery_url": want.url, "secret": secret.expose(), "status": "active",
            });
            let _: Value = requests::fetch(call, &Ask::write(OPERATION, Method::POST, "/webhooks", body)).await?;
        }
        for old in ours.iter().filter(|w| Some(w.id) != good) {
            delete(call, old.id).await?;
        }
        let told = match (good, ours.len()) {
            (Some(_), 1) => &mut state.fine,
            (None, 0) => &mut state.made,
            _ => &mut state.mended,
        };
        told.push((*topic).to_owned());
    }
    Ok(state)
}

async fn delete(call: &Call<'_>, id: u64) -> Result<()> {
    // Webhooks have no trash; without `force` the shop answers 501.
    let mut ask = Ask::get(OPERATION, format!("/webhooks/{id}")).with([("force", "true".to_owned())]);
    ask.method = Method::DELETE;
    match requests::fetch::<Value>(call, &ask).await {
        Err(error) if error.kind != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
