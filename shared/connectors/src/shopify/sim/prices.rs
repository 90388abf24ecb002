//! Answers the documents about prices.

use super::queries::{Answer, id, text};
use super::shop::Shop;
use super::writes::only;
use crate::shopify::graphql::gid;
use serde_json::{Value, json};

/// `Priced`.
pub(super) fn priced(shop: &Shop, variables: &Value) -> Answer {
    let wanted = id(variables, "id", "ProductVariant").ok_or("invalid id")?;
    let variant = shop.items.iter().find(|i| i.variant == wanted);
    let variant = variant.map(|i| json!({ "product": { "id": gid("Product", i.product) } }));
    Ok(json!({ "productVariant": variant, "shop": { "currencyCode": "EUR" } }))
}

/// `SetPrice`. The second part tells whether something was changed.
pub(super) fn set(shop: &mut Shop, variables: &Value) -> (Answer, bool) {
    match read(shop, variables) {
        Err(broken) => (Err(broken), false),
        Ok(Err(code)) => (Ok(json!({ "productVariantsBulkUpdate": { "userErrors": [{ "code": code }] } })), false),
        Ok(Ok(prices)) => {
            for (item, cents) in prices {
                if let Some(item) = shop.items.get_mut(item) {
                    item.price_cents = cents;
                }
            }
            (Ok(json!({ "productVariantsBulkUpdate": { "userErrors": [] } })), true)
        }
    }
}

type Prices = Vec<(usize, i64)>;

fn read(shop: &Shop, variables: &Value) -> Result<Result<Prices, &'static str>, &'static str> {
    let product = id(variables, "product", "Product").ok_or("invalid id")?;
    if !shop.items.iter().any(|i| i.product == product) {
        return Ok(Err("PRODUCT_DOES_NOT_EXIST"));
    }
    let variants = variables.get("variants").and_then(Value::as_array).ok_or("variants must be a list")?;
    let mut prices = Vec::new();
    for variant in variants {
        only(variant, &["compareAtPrice", "id", "price"])?;
        let wanted = id(variant, "id", "ProductVariant").ok_or("invalid id")?;
        let found = shop.items.iter().position(|i| i.variant == wanted && i.product == product);
        let Some(item) = found else { return Ok(Err("PRODUCT_VARIANT_DOES_NOT_EXIST")) };
        let Some(cents) = text(variant, "price").and_then(cents) else { return Ok(Err("INVALID_VALUE")) };
        prices.push((item, cents));
    }
    Ok(Ok(prices))
}

/// An amount with at most two decimals, in cents.
fn cents(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(format!("{part:0<2}").parse().ok()?)
}
