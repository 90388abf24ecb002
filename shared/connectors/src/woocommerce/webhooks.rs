//! Deliveries: the signature first, over the raw bytes; only then are they read.
//!
//! The topic stands in a header that is not signed, so it decides nothing but which reading of a signed body is tried.

use crate::wire_text;
use crate::woocommerce::{orders, snapshot, wire};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ports::{Delivery, Error, ErrorKind, Notification, Result, WebhookKeys};
use ring::digest::SHA256_OUTPUT_LEN;
use ring::hmac;

const OPERATION: &str = "woocommerce.webhook";

/// What a delivery tells.
pub(super) fn receive(keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notification>> {
    let Some(signature) = proof(delivery)? else { return Ok(vec![Notification::Ignored]) };
    let signed = |secret: &ports::Secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        !secret.expose().is_empty() && hmac::verify(&key, &delivery.body, &signature).is_ok()
    };
    if !keys.secrets.iter().any(signed) {
        return Err(refused("its signature does not match"));
    }
    let topic = delivery.header("x-wc-webhook-topic").unwrap_or_default();
    match topic.split_once('.') {
        Some(("order", _)) => {
            let order: wire::Order = wire_text::json(OPERATION, &delivery.body)?;
            // It is the whole of the delivery: nobody else is harmed by an error.
            let nameless = || {
                order
                    .id
                    .needed("id", "a whole number")
                    .map_or_else(|problem| snapshot::unreadable(&problem), |_| wire::broken("an order has no id"))
            };
            orders::notice(Some(&order), None).map(|n| vec![n]).ok_or_else(nameless)
        }
        Some(("product", "updated" | "restored")) => product(&delivery.body),
        _ => Ok(vec![Notification::Ignored]),
    }
}

/// What a delivery gives as its proof; a thing that could be one, as far as can be told without a secret. `None`: the ping.
pub(super) fn proof(delivery: &Delivery) -> Result<Option<Vec<u8>>> {
    let Some(signature) = delivery.header("x-wc-webhook-signature") else {
        // Refused, the ping would come again with every save; taken, it can say nothing.
        return if is_ping(delivery) { Ok(None) } else { Err(refused("it is not signed")) };
    };
    let proof = STANDARD.decode(signature.trim()).map_err(|_| refused("its signature is not base64"))?;
    if proof.len() == SHA256_OUTPUT_LEN { Ok(Some(proof)) } else { Err(refused("its signature is none of HMAC-SHA256")) }
}

/// `webhook_id=4` in a form and not a byte more.
fn is_ping(delivery: &Delivery) -> bool {
    let form = delivery.header("content-type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
    let id = delivery.body.strip_prefix(b"webhook_id=").unwrap_or_default();
    form && (1..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit)
}

fn product(body: &[u8]) -> Result<Vec<Notification>> {
    let product: wire::Product = wire_text::json(OPERATION, body)?;
    let id = *product.id.needed("id", "a whole number").map_err(|problem| snapshot::unreadable(&problem))?;
    let offers = match product.parent_id.get() {
        Some(parent) if *parent != 0 => vec![(*parent, id)],
        _ if product.variations().is_empty() => vec![(id, 0)],
        // The figure of the parent may be the figure of each of them.
        _ => product.variations().into_iter().map(|variation| (id, variation)).collect(),
    };
    let mut notices = Vec::new();
    for (id, variation) in offers {
        notices.push(snapshot::offer(id, variation)?.map_or(Notification::Ignored, Notification::Stock));
    }
    Ok(notices)
}

fn refused(why: &str) -> Error {
    Error::new(
        ErrorKind::Unauthorized,
        OPERATION,
        format!(
            "a delivery is refused: {why}; if it came from the shop, run the subscription check so that it signs with our secret"
        ),
    )
}

#[cfg(test)]
#[path = "webhooks_tests.rs"]
mod tests;
