//! Sets the price of a product or variation.
//!
//! A shop has one currency, which its products do not tell; with or without tax is the shop's own setting too. `price` is what it works
//! out by itself and cannot be set.

use crate::lenient::Field;
use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::stock;
use crate::woocommerce::wire::Product;
use async_trait::async_trait;
use domain::Money;
use http::Method;
use ports::{Account, Acknowledged, Call, Error, ErrorKind, Outcomes, PriceWrite, PricesDescriptor, Result, Status};
use rust_decimal::Decimal;
use serde_json::json;

const WRITE: &str = "woocommerce.write_price";

/// The name of the connection's setting for the shop's currency.
const SETTING: &str = "currency";

/// Sets it, and what it was, if that was more: the shop shows it struck through.
pub(super) async fn write(call: &Call<'_>, write: &PriceWrite) -> Result<Acknowledged> {
    let price = amount(call.account, &write.price)?;
    let was = write.was.as_ref().map(|was| amount(call.account, was)).transpose()?.filter(|was| *was > price);
    let (regular, sale) = (was.unwrap_or(price), was.map(|_| price));
    let text = |amount: Option<Decimal>| amount.map_or_else(String::new, |a| a.normalize().to_string());
    let body = json!({
        "regular_price": text(Some(regular)),
        "sale_price": text(sale),
        // A sale that was planned in the shop would change the price again when it begins or ends. Null would leave it.
        "date_on_sale_from": "",
        "date_on_sale_to": "",
    });
    let ask = Ask::write(WRITE, Method::PUT, stock::path(WRITE, write.offer.as_str())?, body);
    let product: Product = requests::fetch(call, &ask).await?;
    let shows = |price: &Field<String>| price.text().parse::<Decimal>().ok();
    if shows(&product.regular_price) == Some(regular) && shows(&product.sale_price) == sale {
        return Ok(Acknowledged::Applied);
    }
    let message = "the shop took the price but shows another one: somebody changed it in between, or a plugin keeps the prices";
    Err(Error::new(ErrorKind::Conflict, WRITE, message).with_status(Status::Unknown))
}

fn amount(account: &Account, money: &Money) -> Result<Decimal> {
    let currency = account.settings.get(SETTING).map_or("EUR", String::as_str);
    let wrong = |message: String| Error::new(ErrorKind::BadInput, WRITE, message);
    if money.currency.as_str() != currency {
        return Err(wrong(format!(
            "the price is in {}, and the shop's is {currency}; if the shop has another currency, say so in the setting `{SETTING}` of \
             connection {}",
            money.currency.as_str(),
            account.connection
        )));
    }
    if money.amount.is_sign_negative() && !money.amount.is_zero() {
        return Err(wrong("a price cannot be below zero".to_owned()));
    }
    Ok(money.amount)
}

/// WooCommerce asks prices that can be set.
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
