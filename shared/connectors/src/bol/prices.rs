//! Sets an offer's price (Offers API v11: in force with the answer).
//!
//! A change of prices replaces all of them, so the offer is read first and its prices for larger quantities go along. And with it
//! goes the stock: bol takes off the orders "placed after the last offer update", and does not say that a change of the price is no
//! such update. Without the stock, orders that bol had taken off would then be on sale again.

use super::{requests, stock, wire};
use crate::wire_text;
use async_trait::async_trait;
use domain::Money;
use ports::{Account, Acknowledged, Call, Error, ErrorKind, Outcomes, PriceWrite, PricesDescriptor, Result};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

const OPERATION: &str = "bol.write_price";
/// Bounds of a price in euros.
const LOWEST: Decimal = Decimal::ONE;
const HIGHEST: Decimal = Decimal::from_parts(9999, 0, 0, false, 0);

/// Sets it. bol has no place for what a product cost before.
pub(super) async fn write(call: &Call<'_>, write: &PriceWrite) -> Result<Acknowledged> {
    let price = checked(&write.price)?;
    let with_stock = with_stock(call.account)?;
    let path = format!("/retailer/offers/{}", requests::segment(OPERATION, &write.stock_reference)?);
    let response = requests::get(call, OPERATION, requests::V11, &path).await?;
    let offer: wire::PricedOffer = wire_text::json(OPERATION, response.body())?;
    if offer.fulfilment.method.text() == "FBB" {
        return Err(Error::new(
            ErrorKind::Declined,
            OPERATION,
            "this offer is shipped by bol from its own stock; set its price at bol",
        ));
    }
    let before = offer.pricing.map(|p| p.bundle_prices).unwrap_or_default();
    if before.iter().any(|b| b.quantity == 1 && amount(b) == Some(price)) {
        return Ok(Acknowledged::Applied);
    }
    let mut bundle_prices = vec![wire::BundlePrice { quantity: 1, unit_price: number(price)? }];
    for bundle in before.into_iter().filter(|b| b.quantity > 1) {
        if amount(&bundle).is_none_or(|a| a >= price) {
            let message = format!(
                "the offer has a price of {} from {} units on, which is not below {price}; change or remove it at bol first",
                bundle.unit_price, bundle.quantity
            );
            return Err(Error::new(ErrorKind::BadInput, OPERATION, message));
        }
        bundle_prices.push(bundle);
    }
    // Where bol takes off all open orders, no update changes what it takes off.
    let counted = offer
        .stock
        .given("stock", "an amount")
        .map_err(|unreadable| requests::unreadable(OPERATION, "the offer", &unreadable))?;
    let counted = counted.map(|stock| &stock.0).filter(|s| with_stock && s.managed_by_retailer.get() != Some(&false));
    let amount = counted
        .map(|s| s.left().map_err(|unreadable| requests::unreadable(OPERATION, "the offer's figure", &unreadable)))
        .transpose()?;
    let amount = amount.map(|units| domain::Quantity::clamped(units).units());
    let stock = amount.map(|amount| wire::UpdateStock { amount, managed_by_retailer: true });
    let change = wire::PatchOffer { stock, pricing: Some(wire::Pricing { bundle_prices }) };
    stock::patch(call, OPERATION, &path, &change).await
}

fn checked(price: &Money) -> Result<Decimal> {
    let fits =
        price.currency.as_str() == "EUR" && (LOWEST..=HIGHEST).contains(&price.amount) && price.amount.normalize().scale() <= 2;
    if fits {
        return Ok(price.amount.normalize());
    }
    let message = format!(
        "bol takes prices in EUR from {LOWEST} to {HIGHEST} with at most two decimals, tax included; {} {} is none",
        price.amount,
        price.currency.as_str()
    );
    Err(Error::new(ErrorKind::BadInput, OPERATION, message))
}

fn amount(bundle: &wire::BundlePrice) -> Option<Decimal> {
    let text = bundle.unit_price.get();
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// A decimal as a JSON number.
fn number(price: Decimal) -> Result<Box<RawValue>> {
    RawValue::from_string(price.to_string())
        .map_err(|e| Error::new(ErrorKind::Bug, OPERATION, "a price is no JSON number").caused_by(e))
}

/// Whether prices are written together with stock, by the setting.
pub(super) fn with_stock(account: &Account) -> Result<bool> {
    match account.settings.get("price_with_stock").map(String::as_str) {
        None | Some("yes") => Ok(true),
        Some("no") => Ok(false),
        Some(other) => Err(Error::new(
            ErrorKind::Configuration,
            OPERATION,
            format!("connection {}: the setting `price_with_stock` must be `yes` or `no`, not `{other}`", account.connection),
        )),
    }
}

/// bol asks prices that can be set.
pub(super) struct Capability;

#[async_trait]
impl ports::Prices for Capability {
    fn descriptor(&self) -> &'static PricesDescriptor {
        &PricesDescriptor::ONE_AT_A_TIME
    }

    async fn write(&self, call: &Call<'_>, writes: &[PriceWrite]) -> Result<Outcomes> {
        ports::each(writes, |one| write(call, one)).await
    }
}

#[cfg(test)]
#[path = "prices_tests.rs"]
mod tests;
