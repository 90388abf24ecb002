//! Deliveries: the signature first, over the bytes as they came, then the body.

use super::{snapshot, wire};
use crate::wire_text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{OrderNumber, Quantity};
use ports::{Account, Delivery, Error, ErrorKind, Notification, Result, WebhookKeys};
use ring::digest::SHA256_OUTPUT_LEN;
use ring::hmac;

const OPERATION: &str = "shopify.webhook";
/// Carries base64 of HMAC-SHA256 over the body.
pub(super) const SIGNATURE_HEADER: &str = "x-shopify-hmac-sha256";
/// Names the topic: `orders/create`.
pub(super) const TOPIC_HEADER: &str = "x-shopify-topic";

/// The app's secret and, for as long as the merchant keeps it, the one before: Shopify signs with the old one for up to an hour
/// after a rotation.
pub(super) fn keys(account: &Account) -> Result<WebhookKeys> {
    let mut secrets = vec![account.credential("client_secret")?.clone()];
    secrets.extend(account.credentials.get("previous_client_secret").cloned());
    Ok(WebhookKeys { secrets, ..WebhookKeys::default() })
}

/// Checks, then reads.
pub(super) fn receive(keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notification>> {
    verify(keys, delivery)?;
    let topic = delivery
        .header(TOPIC_HEADER)
        .ok_or_else(|| Error::new(ErrorKind::BadInput, OPERATION, "a delivery of Shopify did not name its topic"))?;
    let notice = match topic {
        "orders/create"
        | "orders/updated"
        | "orders/cancelled"
        | "orders/paid"
        | "orders/fulfilled"
        | "orders/partially_fulfilled" => order(&delivery.body)?,
        "orders/edited" => {
            let edited = wire_text::json::<wire::Edited>(OPERATION, &delivery.body)?;
            read(&edited.order_edit.needed("order_edit", "an edit of an order").map_err(|problem| refused(&problem))?.0)?
        }
        // Whether it is gone the read tells.
        "orders/delete" => {
            let named = wire_text::json::<wire::Named>(OPERATION, &delivery.body)?;
            read(&wire::AboutOrder { order_id: named.id })?
        }
        "refunds/create" | "fulfillments/create" | "fulfillments/update" => read(&wire_text::json(OPERATION, &delivery.body)?)?,
        "inventory_levels/update" => {
            let level = wire_text::json::<wire::Level>(OPERATION, &delivery.body)?;
            let item = level.inventory_item_id.needed("inventory_item_id", "a number").map_err(|problem| refused(&problem))?;
            Notification::StockOf {
                stock_reference: item.to_string(),
                shows: level.available.get().copied().map(Quantity::clamped),
            }
        }
        _ => Notification::Ignored,
    };
    Ok(vec![notice])
}

fn wrong() -> Error {
    Error::new(ErrorKind::Unauthorized, OPERATION, "the signature of a delivery is missing or wrong; check client_secret")
}

/// What a delivery gives as its proof; a thing that could be one, as far as can be told without a secret.
pub(super) fn proof(delivery: &Delivery) -> Result<Vec<u8>> {
    let proof = delivery.header(SIGNATURE_HEADER).and_then(|text| STANDARD.decode(text).ok());
    proof.filter(|proof| proof.len() == SHA256_OUTPUT_LEN).ok_or_else(wrong)
}

fn verify(keys: &WebhookKeys, delivery: &Delivery) -> Result<()> {
    let signature = proof(delivery)?;
    let good = keys.secrets.iter().any(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        // With an empty secret anybody can sign.
        !secret.expose().is_empty() && hmac::verify(&key, &delivery.body, &signature).is_ok()
    });
    if good { Ok(()) } else { Err(wrong()) }
}

fn order(body: &[u8]) -> Result<Notification> {
    let order: wire::Order = wire_text::json(OPERATION, body)?;
    let (number, stamp) = order.head().map_err(|problem| refused(&problem))?;
    let number = OrderNumber::new(number.to_string())?;
    let stamp = stamp.and_then(|text| snapshot::instant(OPERATION, text).ok());
    // What does not tell the order whole has it read by itself.
    let whole = order.facts().and_then(|facts| facts.snapshot(OPERATION, None).ok().flatten());
    Ok(whole.map_or(Notification::Changed { number, stamp }, |snapshot| Notification::Order(Box::new(snapshot))))
}

fn read(about: &wire::AboutOrder) -> Result<Notification> {
    let number = about.order_id.needed("order_id", "a number").map_err(|problem| refused(&problem))?;
    Ok(Notification::Changed { number: OrderNumber::new(number.to_string())?, stamp: None })
}

fn refused(problem: &domain::FieldError) -> Error {
    Error::new(ErrorKind::Protocol, OPERATION, format!("a delivery of Shopify cannot be read: {problem}"))
}

#[cfg(test)]
#[path = "webhooks_tests.rs"]
mod tests;
