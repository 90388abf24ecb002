//! Sets the price of a product in one currency. What is written takes the place of the prices in all currencies, so those are read and written back; with and
//! without tax are two figures there, and neither follows the other by itself. Prices by rules, such as for quantities, are rows of their own and stay.

use super::{criteria, errors, requests, stock, wire};
use crate::lenient::{self, Field};
use async_trait::async_trait;
use domain::Money;
use http::Method;
use ports::{Acknowledged, Call, Error, ErrorKind, Outcomes, PriceWrite, PricesDescriptor, Result};
use rust_decimal::Decimal;
use serde_json::value::to_raw_value;
use std::time::Duration;

const WRITE: &str = "shopware.price";
/// A currency keeps its id for as long as the shop has it.
const KEPT_FOR: Duration = Duration::from_hours(24);
/// Decimals of a price without tax.
const DECIMALS: u32 = 6;

/// A price as the shop has it.
fn told<'a>(currency: &'a str, price: &Money, rate: Decimal) -> Option<wire::NewPrice<'a>> {
    let divisor = Decimal::ONE_HUNDRED.checked_add(rate)?;
    let net = price.amount.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(divisor)?.round_dp(DECIMALS).normalize();
    Some(wire::NewPrice { currency_id: currency, gross: price.amount, net, linked: true, list_price: None })
}

async fn currency(call: &Call<'_>, code: &str) -> Result<String> {
    let ask = async {
        let found = requests::search(call, WRITE, "currency", &criteria::currency(code)).await?;
        let all = found.iter().filter_map(|json| lenient::one::<wire::CurrencyOf>(json));
        let mut own =
            all.filter(|one| one.iso_code.get().is_some_and(|own| own.as_str() == code) && requests::is_id(one.id.text()));
        let missing = || Error::new(ErrorKind::Declined, WRITE, format!("the shop has no currency {code}"));
        own.next().map(|one| one.id.text().to_owned()).ok_or_else(missing)
    };
    requests::kept(call, &format!("currency {code}"), ask, KEPT_FOR).await
}

async fn write(call: &Call<'_>, write: &PriceWrite) -> Result<Acknowledged> {
    if write.price.amount.is_sign_negative() && !write.price.amount.is_zero() {
        return Err(Error::new(ErrorKind::BadInput, WRITE, "a price cannot be below zero"));
    }
    let id = requests::id(WRITE, "product", &write.stock_reference)?;
    let currency = currency(call, write.price.currency.as_str()).await?;
    let product = stock::product(call, WRITE, id, &criteria::product_prices(id)).await?;
    let unreadable = |problem| errors::unreadable(WRITE, "the price of a product", &problem);
    let rate = *product
        .tax
        .needed("tax", "the rate of its tax")
        .map_err(unreadable)?
        .0
        .tax_rate
        .needed("tax.taxRate", "a rate")
        .map_err(unreadable)?;
    let beyond = || Error::new(ErrorKind::BadInput, WRITE, "the price is beyond all prices");
    let mut new = told(&currency, &write.price, rate).ok_or_else(beyond)?;
    if let Some(was) = write.was.as_ref().filter(|was| was.currency == write.price.currency && was.amount > write.price.amount) {
        new.list_price = Some(Box::new(told(&currency, was, rate).ok_or_else(beyond)?));
    }
    // Those of other currencies stay, word for word.
    let Field::Read(there) = product.price else {
        let message = "which prices the product has cannot be read, and a new one would take their place; set it in the shop";
        return Err(Error::new(ErrorKind::Declined, WRITE, message));
    };
    let mut price = Vec::new();
    for json in there.0 {
        let of = lenient::one::<wire::PriceIn>(&json).ok_or_else(|| {
            errors::unreadable(
                WRITE,
                "the price of a product",
                &lenient::unreadable("price", lenient::shown(json.get()), "a price"),
            )
        })?;
        if of.currency_id.text() != currency {
            price.push(json);
        }
    }
    price.push(to_raw_value(&new).map_err(|e| requests::unbuildable(WRITE, e))?);
    let path = format!("/api/product/{id}");
    requests::write(call, WRITE, (Method::PATCH, &path), &[], &wire::Prices { price }).await?;
    Ok(Acknowledged::Applied)
}

/// Shopware asks prices that can be set.
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
mod tests {
    use super::super::harness_tests::{Canned, account, call, run};
    use super::*;
    use domain::{Currency, OfferId};
    use ports::Prices as _;

    const EURO: &str = "b7d2554b0ce847cd82f3ac9bd1c0dfca";
    const POUND: &str = "00000000000000000000000000000002";
    const PRODUCT: &str = "00000000000000000000000000000007";

    fn money(amount: &str) -> Money {
        Money { amount: amount.parse().unwrap(), currency: Currency::new("EUR").unwrap() }
    }

    fn set(canned: &Canned, was: Option<Money>) -> Result<Outcomes> {
        let offer = OfferId::new(PRODUCT).unwrap();
        let write = PriceWrite { offer, stock_reference: PRODUCT.to_owned(), price: money("19.95"), was };
        run(Capability.write(&call(canned, &account()), &[write]))
    }

    #[test]
    fn prices_in_other_currencies_stay_and_both_figures_are_told() {
        let euro = format!(r#"{{"data":[{{"id":"{EURO}","isoCode":"EUR"}}]}}"#);
        let pound = format!(r#"{{"currencyId":"{POUND}","gross":17.5,"net":14.58,"linked":false}}"#);
        let product = format!(
            r#"{{"data":[{{"id":"{PRODUCT}","price":[{{"currencyId":"{EURO}","gross":9,"net":8}},{pound}],"tax":{{"taxRate":21.0}}}}]}}"#
        );
        let canned = Canned::new(&[(200, &euro), (200, &product), (204, "")]);
        assert!(matches!(set(&canned, Some(money("24.95"))).unwrap()[..], [Ok(Acknowledged::Applied)]));
        let sent = canned.asked().pop().unwrap();
        let list = format!(r#"{{"currencyId":"{EURO}","gross":24.95,"net":20.619835,"linked":true,"listPrice":null}}"#);
        let new = format!(r#"{{"currencyId":"{EURO}","gross":19.95,"net":16.487603,"linked":true,"listPrice":{list}}}"#);
        assert_eq!(sent, format!(r#"PATCH /api/product/{PRODUCT} {{"price":[{pound},{new}]}}"#));
    }

    #[test]
    fn where_its_prices_cannot_be_read_none_is_written() {
        let euro = format!(r#"{{"data":[{{"id":"{EURO}","isoCode":"EUR"}}]}}"#);
        for price in [r#""price":null,"tax":{"taxRate":21}"#, r#""price":[7],"tax":{"taxRate":21}"#, r#""price":[]"#] {
            let product = format!(r#"{{"data":[{{"id":"{PRODUCT}",{price}}}]}}"#);
            let canned = Canned::new(&[(200, &euro), (200, &product)]);
            set(&canned, None).unwrap_err();
            assert_eq!(canned.asked().len(), 2, "{price}");
        }
        assert_eq!(set(&Canned::new(&[(200, r#"{"data":[]}"#)]), None).unwrap_err().kind, ErrorKind::Declined);
    }
}
